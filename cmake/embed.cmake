# Writes FILES into OUT, a C++ table of {name, text}: FUNCTION() returns a span of them, declared by
# HEADER in NAMESPACE.
set(body "#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\nnamespace {\nconstexpr sonde::config::EmbeddedFile files[] = {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(REGEX REPLACE "\\.yaml$" "" name ${name})
  file(READ ${file} text)
  string(APPEND body "    {\"${name}\", R\"~~~(${text})~~~\"},\n")
endforeach()
string(APPEND body "};\n}  // namespace\nstd::span<const sonde::config::EmbeddedFile> ${FUNCTION}() { return files; }\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUT} "${body}")
