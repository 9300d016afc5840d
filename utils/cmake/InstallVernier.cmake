# What `cmake --install` adds to libraries, tools and the plugin, which install themselves: headers, what
# TableGen made of them, and the package that find_package(Vernier) reads. The build folder is such a
# package too.
include(CMakePackageConfigHelpers)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/vernier ${PROJECT_BINARY_DIR}/include/vernier
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.inc" PATTERN "CMakeFiles" EXCLUDE)

get_property(VERNIER_LIBRARIES GLOBAL PROPERTY VERNIER_LIBS)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Vernier)
set(template ${CMAKE_CURRENT_LIST_DIR}/VernierConfig.cmake.in)

set(VERNIER_INCLUDE_DIRS ${CMAKE_INSTALL_INCLUDEDIR})
set(VERNIER_PLUGIN_FILE ${CMAKE_INSTALL_LIBDIR}/VernierPlugin${CMAKE_SHARED_MODULE_SUFFIX})
configure_package_config_file(${template} ${PROJECT_BINARY_DIR}/install/VernierConfig.cmake
  INSTALL_DESTINATION ${package_dir} PATH_VARS VERNIER_INCLUDE_DIRS VERNIER_PLUGIN_FILE)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lib/cmake/Vernier/VernierConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/install/VernierConfig.cmake
              ${PROJECT_BINARY_DIR}/lib/cmake/Vernier/VernierConfigVersion.cmake DESTINATION ${package_dir})
install(EXPORT VernierTargets NAMESPACE Vernier:: DESTINATION ${package_dir})

set(VERNIER_INCLUDE_DIRS ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)
set(VERNIER_PLUGIN_FILE ${PROJECT_BINARY_DIR}/lib/VernierPlugin${CMAKE_SHARED_MODULE_SUFFIX})
configure_package_config_file(${template} ${PROJECT_BINARY_DIR}/lib/cmake/Vernier/VernierConfig.cmake
  INSTALL_DESTINATION ${PROJECT_BINARY_DIR}/lib/cmake/Vernier INSTALL_PREFIX ${PROJECT_BINARY_DIR}
  PATH_VARS VERNIER_INCLUDE_DIRS VERNIER_PLUGIN_FILE)
export(EXPORT VernierTargets NAMESPACE Vernier:: FILE ${PROJECT_BINARY_DIR}/lib/cmake/Vernier/VernierTargets.cmake)
