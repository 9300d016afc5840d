# Small wrappers, so that every other CMakeLists.txt is a list of names.

# add_vernier_library(name sources... [LINK_LIBS ours...] [DEPENDS targets...] [NO_MLIR] [NO_INSTALL])
#
# A static library of ours, part of the installed package. MLIR and LLVM come from the shared libraries
# alone: a static libMLIR*.a beside libMLIR.so would register everything twice. NO_MLIR links LLVM only
# and keeps MLIR's precompiled header out.
function(add_vernier_library name)
  cmake_parse_arguments(ARG "NO_MLIR;NO_INSTALL" "" "LINK_LIBS;DEPENDS;MLIR_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  add_library(Vernier::${name} ALIAS ${name})
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS})
  target_include_directories(${name} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  if(ARG_NO_MLIR)
    target_link_libraries(${name} PUBLIC LLVM)
  else()
    target_link_libraries(${name} PUBLIC MLIR LLVM)
    add_dependencies(${name} VernierTableGen)
    if(NOT name STREQUAL VernierPCH)
      target_precompile_headers(${name} REUSE_FROM VernierPCH)
    endif()
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  if(NOT ARG_NO_INSTALL)
    set_property(GLOBAL APPEND PROPERTY VERNIER_LIBS ${name})
    install(TARGETS ${name} EXPORT VernierTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  endif()
endfunction()

# add_vernier_tool(name sources... [LINK_LIBS ours...] [NO_INSTALL])
function(add_vernier_tool name)
  cmake_parse_arguments(ARG "NO_INSTALL" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} MLIR LLVM)
  add_dependencies(${name} VernierTableGen)
  target_precompile_headers(${name} REUSE_FROM VernierPCH)
  set_target_properties(${name} PROPERTIES BUILD_RPATH "${LLVM_LIBRARY_DIRS}" INSTALL_RPATH "${LLVM_LIBRARY_DIRS}")
  if(NOT ARG_NO_INSTALL)
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endfunction()

# add_vernier_plugin(name sources... [LINK_LIBS ours...])
#
# A shared library that a tool of MLIR loads. The tool brings libMLIR.so; what is ours stays hidden, so
# that two plugins that both contain it keep out of each other's way.
function(add_vernier_plugin name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_library(${name} MODULE ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} MLIR LLVM)
  add_dependencies(${name} VernierTableGen)
  target_precompile_headers(${name} REUSE_FROM VernierPCH)
  target_compile_definitions(${name} PRIVATE VERNIER_VERSION="${PROJECT_VERSION}")
  # What a plugin registers refers to its code: it stays loaded.
  set(map ${PROJECT_SOURCE_DIR}/utils/cmake/plugin.map)
  target_link_options(${name} PRIVATE -Wl,--version-script=${map} -Wl,-z,nodelete)
  # A sanitizer's own functions come from the tool.
  if(NOT VERNIER_SANITIZER)
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
  set_target_properties(${name} PROPERTIES PREFIX "" LINK_DEPENDS ${map}
    BUILD_RPATH "${LLVM_LIBRARY_DIRS}" INSTALL_RPATH "${LLVM_LIBRARY_DIRS}")
  install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

# add_vernier_unittest(name sources... [LINK_LIBS ours...] [NO_MLIR]): NO_MLIR where no MLIR header is used.
function(add_vernier_unittest name)
  cmake_parse_arguments(ARG "NO_MLIR" "" "LINK_LIBS;DEFINITIONS" ${ARGN})
  find_package(GTest REQUIRED)
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} GTest::gtest_main)
  if(NOT ARG_NO_MLIR)
    target_link_libraries(${name} PRIVATE MLIR LLVM)
    add_dependencies(${name} VernierTableGen)
    target_precompile_headers(${name} REUSE_FROM VernierPCH)
  endif()
  if(ARG_DEFINITIONS)
    target_compile_definitions(${name} PRIVATE ${ARG_DEFINITIONS})
  endif()
  set_target_properties(${name} PROPERTIES
    BUILD_RPATH "${LLVM_LIBRARY_DIRS}"
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test/Unit)
  set_property(GLOBAL APPEND PROPERTY VERNIER_UNITTESTS ${name})
endfunction()

# add_vernier_tablegen(stem td generator-flags...): one .inc per flag:suffix pair.
#   add_vernier_tablegen(NNOps NNOps.td gen-op-decls:h.inc gen-op-defs:cpp.inc)
function(add_vernier_tablegen stem td)
  set(LLVM_TARGET_DEFINITIONS ${td})
  foreach(pair ${ARGN})
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 flag)
    list(GET pair 1 suffix)
    set(extra)
    if(flag MATCHES "(dialect|attrdef|typedef)-(decls|defs)" AND VERNIER_TABLEGEN_DIALECT)
      string(REGEX REPLACE ".*(dialect|attrdef|typedef)-.*" "\\1" kind ${flag})
      if(kind STREQUAL "dialect")
        set(extra -dialect=${VERNIER_TABLEGEN_DIALECT})
      else()
        set(extra -${kind}s-dialect=${VERNIER_TABLEGEN_DIALECT})
      endif()
    endif()
    if(flag STREQUAL "gen-pass-decls")
      set(extra -name=${stem})
    endif()
    mlir_tablegen(${stem}.${suffix} -${flag} ${extra})
  endforeach()
  string(REPLACE "/" "" unique ${CMAKE_CURRENT_SOURCE_DIR})
  string(MD5 unique ${unique})
  string(SUBSTRING ${unique} 0 6 unique)
  add_public_tablegen_target(Vernier${stem}IncGen${unique})
  add_dependencies(VernierTableGen Vernier${stem}IncGen${unique})
endfunction()

# add_vernier_subdirectories(first...): adds the folders named, then every other direct subfolder
# that has a CMakeLists.txt, in alphabetical order.
function(add_vernier_subdirectories)
  file(GLOB children RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
  list(SORT children)
  list(TRANSFORM children REPLACE "/CMakeLists.txt$" "")
  list(REMOVE_ITEM children "" ${ARGN})
  foreach(folder ${ARGN} ${children})
    add_subdirectory(${folder})
  endforeach()
endfunction()
