# Writes the C++ source of schema_digest.h: cmake -DTOOL=virtsql-catalog -DOUTPUT=FILE -P digest.cmake
execute_process(COMMAND ${TOOL} digest OUTPUT_VARIABLE digest COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${TOOL} fleet-digest OUTPUT_VARIABLE fleet_digest COMMAND_ERROR_IS_FATAL ANY)
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "core/schema/schema_digest.h"

namespace virtsql {

const std::string_view kSchemaSha256 = "@digest@";
const std::string_view kFleetSchemaSha256 = "@fleet_digest@";

}  // namespace virtsql
]])
