// The back ends of serial ports and channels.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/virtumancer/source.h"
#include "core/virtumancer/tag.h"

namespace virtsql::virtumancer {

// Places in a device's XML and the values that were chosen for them, which the report tells.
using Choices = std::vector<std::pair<std::string, std::string>>;

// Fits the device's back end to libvirt: one that lacks what it needs is replaced by one that needs nothing, and what
// does not belong to it is taken out. `channel`: the device is a channel, else a serial port.
void fit_backend(bool channel, Tag& tag, Reading& model, Choices& chosen);

}  // namespace virtsql::virtumancer
