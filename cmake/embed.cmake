# Writes FILES into one C++ table of {name, text}, after probes/dialect/dialect_files.hpp.
set(body "#include \"probes/dialect/dialect_files.hpp\"\n\nnamespace sonde::dialect {\nnamespace {\nconstexpr DialectFile files[] = {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WLE)
  file(READ ${file} text)
  string(APPEND body "    {\"${name}\", R\"~~~(${text})~~~\"},\n")
endforeach()
string(APPEND body "};\n}  // namespace\nstd::span<const DialectFile> dialect_files() { return files; }\n}  // namespace sonde::dialect\n")
file(WRITE ${OUT} "${body}")
