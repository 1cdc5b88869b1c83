# Writes text files into one C++ source, as a list of EmbeddedText:
#
#   cmake "-DFILES=a;b" -DHEADER=x.h -DVARIABLE=virtsql::extension::kReportTexts -DOUTPUT=x.cc -P embed.cmake
set(definitions "")
set(entries "")
set(index 0)
foreach(file IN LISTS FILES)
  file(READ ${file} text)
  get_filename_component(name ${file} NAME)
  # A string literal may not be longer than 65,536 characters, so the text is cut into pieces, which the compiler joins.
  string(LENGTH "${text}" length)
  set(literal "")
  set(from 0)
  while(from LESS length)
    string(SUBSTRING "${text}" ${from} 8000 piece)
    string(APPEND literal "R\"~~~(${piece})~~~\"\n")
    math(EXPR from "${from} + 8000")
  endwhile()
  string(APPEND definitions "constexpr std::string_view kText${index} =\n${literal};\n")
  string(APPEND entries "    {\"${name}\", kText${index}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\nnamespace {\n\n${definitions}
constexpr virtsql::EmbeddedText kTexts[] = {\n${entries}};\n\n}  // namespace\n
const std::span<const virtsql::EmbeddedText> ${VARIABLE}(kTexts);\n")
