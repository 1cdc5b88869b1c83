// Prints the examples of core/catalog/refused as JSON, for refused_test.py.
#include <iostream>

#include "core/xml/json.h"
#include "core/xml/refusals.h"

int main() {
  const char* before = "[";
  for (const virtsql::Refusals::Example& example : virtsql::Refusals().examples()) {
    std::cout << before << "{\"xml\": " << virtsql::to_json_string(example.xml)
              << ", \"message\": " << virtsql::to_json_string(example.message)
              << ", \"at_start\": " << (example.at_start ? "true" : "false") << "}";
    before = ",\n ";
  }
  std::cout << "]\n";
}
