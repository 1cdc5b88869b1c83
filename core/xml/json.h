// XML as JSON and back, losslessly: order, repetition, text.
//
//   <a x='1'/>                       {"a":{"@x":"1"}}
//   <a>text</a>   <a/>               {"a":"text"}   {"a":""}
//   <a x='1'>text</a>                {"a":{"@x":"1","#text":"text"}}
//   <a><b/><b>2</b><c/></a>          {"a":{"b":["","2"],"c":""}}
//   <a><b/><c/><b/></a>              {"a":{"#content":[{"b":""},{"c":""},{"b":""}]}}    equal names that are apart
//   <a>one <b/> two</a>              {"a":{"#content":["one ",{"b":""}," two"]}}        text among elements
//   comments, CDATA, instructions    {"#comment":"..."} {"#cdata":"..."} {"?name":"..."} in #content
//
// so that SQLite's -> and ->> reach everything: value_json ->> '$.app.disk.@size'.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/xml/xml.h"

namespace virtsql {

// The element as JSON text, {"name": content}. White space between elements is left out where it only indents; with
// `level` the element is one at that depth of an indented document, and white space that is not exactly that
// indentation is kept.
std::string to_json(const xml::Node& element, std::optional<std::size_t> level = std::nullopt);

// Only the content of the element as JSON text.
std::string content_to_json(const xml::Node& element);

// A text as a JSON string, and back. from_json_string throws xml::Error for anything else.
std::string to_json_string(std::string_view text);
std::string_view from_json_string(std::string_view json, Arena& arena);

// The element of {"name": content}; lives in the arena. Throws xml::Error where the JSON is not of the form above.
xml::Node* from_json(std::string_view json, Arena& arena);

// An element of the given name with the content of the JSON text.
xml::Node* content_from_json(std::string_view name, std::string_view json, Arena& arena);

}  // namespace virtsql
