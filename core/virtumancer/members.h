// What the members of virtumancer's JSON columns mean in libvirt's XML.
#pragma once

#include <vector>

#include "core/virtumancer/field.h"

namespace virtsql::virtumancer {

extern const std::vector<Field> kAddressFields;      // address_json
extern const std::vector<Field> kDriverFields;       // disks.driver_json, disk_driver_options
extern const std::vector<Field> kIoTuneFields;       // disks.io_tune, io_tunes
extern const std::vector<Field> kTopologyFields;     // cpu_topology_json, cpu_topologies
extern const std::vector<Field> kTimerFields;        // an item of clocks.config_json
extern const std::vector<Field> kChardevFields;      // config_json of serial ports, channels, ...
extern const std::vector<Field> kVirtualPortFields;  // virtual_ports, ports.virtual_port_json
extern const std::vector<Field> kHugePageFields;     // an item of memory_configs.config_json

}  // namespace virtsql::virtumancer
