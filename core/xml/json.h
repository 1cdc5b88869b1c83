// Converts XML to JSON and back. Order, repetition and text are not lost.
//
//   <a x='1'/>                       {"a":{"@x":"1"}}
//   <a>text</a>   <a/>               {"a":"text"}   {"a":""}
//   <a x='1'>text</a>                {"a":{"@x":"1","#text":"text"}}
//   <a><b/><b>2</b><c/></a>          {"a":{"b":["","2"],"c":""}}
//   <a><b/><c/><b/></a>              {"a":{"#content":[{"b":""},{"c":""},{"b":""}]}}    equal names that are apart
//   <a>one <b/> two</a>              {"a":{"#content":["one ",{"b":""}," two"]}}        text among elements
//   comments, CDATA, instructions    {"#comment":"..."} {"#cdata":"..."} {"?name":"..."} in #content
//
// A number becomes a text in its own spelling, null an empty one. Two members of one name in an object are an error.
//
// This form lets SQLite's -> and ->> reach everything: value_json ->> '$.app.disk.@size'.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/xml/xml.h"

namespace virtsql {

// Returns the element as JSON text, {"name": content}. Text between elements that is only white space is left out. With
// `level`, the depth at which the element stands in an indented document, such white space is left out only if it is
// exactly that indentation.
std::string to_json(const xml::Node& element, std::optional<std::size_t> level = std::nullopt);

// Returns only the content of the element as JSON text. Treats white space as to_json() does without `level`.
std::string content_to_json(const xml::Node& element);

// Convert a text to a JSON string, and back. from_json_string() throws xml::Error for any other JSON; its result lives
// in the arena.
std::string to_json_string(std::string_view text);
std::string_view from_json_string(std::string_view json, Arena& arena);

// Returns the element that {"name": content} stands for; it lives in the arena. Throws xml::Error if the JSON does not
// have the form above.
xml::Node* from_json(std::string_view json, Arena& arena);

// Returns an element of the given name, made of JSON that is its content alone. Otherwise like from_json().
xml::Node* content_from_json(std::string_view name, std::string_view json, Arena& arena);

}  // namespace virtsql
