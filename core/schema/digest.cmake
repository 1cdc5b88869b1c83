# Writes the C++ source of kSchemaSha256: cmake -DTOOL=virtsql-catalog -DOUTPUT=FILE -P digest.cmake
execute_process(COMMAND ${TOOL} digest OUTPUT_VARIABLE digest COMMAND_ERROR_IS_FATAL ANY)
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "core/schema/schema_digest.h"

namespace virtsql {

const std::string_view kSchemaSha256 = "@digest@";

}  // namespace virtsql
]])
