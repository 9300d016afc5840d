# cmake -DROOT=include -DOUTPUT=file -P EmbedHeaders.cmake: the headers of Numerics and Runtime as one C++ table of
# {path, text}, so that the tools can copy them beside a program wherever they are installed.
file(GLOB_RECURSE headers RELATIVE ${ROOT} ${ROOT}/vernier/Numerics/*.h ${ROOT}/vernier/Runtime/*.h)
list(SORT headers)
set(text "")
foreach(header ${headers})
  file(READ ${ROOT}/${header} content)
  string(APPEND text "{\"${header}\", R\"vernier(${content})vernier\"},\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
