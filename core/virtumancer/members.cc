#include "core/virtumancer/members.h"

#include "core/virtumancer/check.h"

namespace virtsql::virtumancer {

const std::vector<Field> kAddressFields = {
    {"type", "address/@type", "pci|drive|usb|virtio-serial|ccid|isa|spapr-vio|virtio-mmio|ccw|dimm"},
    {"domain", "address/@domain", "hex"},
    {"controller", "address/@controller", "number"},
    {"bus", "address/@bus", "hex"},
    {"target", "address/@target", "number"},
    {"unit", "address/@unit", "number"},
    {"port", "address/@port", "token"},
    {"slot", "address/@slot", "hex"},
    {"function", "address/@function", "hex"},
};

const std::vector<Field> kDriverFields = {
    {"name", "driver/@name", "qemu|phy|tap|tap2|file|loop|nbd|blktap"},
    {"type", "driver/@type", kDiskFormats},
    {"cache", "driver/@cache", "default|none|writethrough|writeback|directsync|unsafe"},
    {"error_policy|errorPolicy", "driver/@error_policy", "stop|report|ignore|enospace"},
    {"io|aio", "driver/@io", "threads|native|io_uring"},
    {"discard", "driver/@discard", "unmap|ignore"},
    {"detect_zeroes|detectZeroes", "driver/@detect_zeroes", "off|on|unmap"},
};

const std::vector<Field> kIoTuneFields = {
    {"total_bytes_sec", "iotune/total_bytes_sec", "limit"},
    {"read_bytes_sec|read_bps", "iotune/read_bytes_sec", "limit"},
    {"write_bytes_sec|write_bps", "iotune/write_bytes_sec", "limit"},
    {"total_iops_sec", "iotune/total_iops_sec", "limit"},
    {"read_iops_sec|read_iops", "iotune/read_iops_sec", "limit"},
    {"write_iops_sec|write_iops", "iotune/write_iops_sec", "limit"},
};

const std::vector<Field> kTopologyFields = {
    {"sockets", "topology/@sockets", "positive"},
    {"dies", "topology/@dies", "positive"},
    {"cores", "topology/@cores", "positive"},
    {"threads", "topology/@threads", "positive"},
};

const std::vector<Field> kTimerFields = {
    {"name", "@name", "platform|rtc|tsc|hpet|pit|armvtimer|kvmclock|hypervclock"},
    {"present", "@present", "yes_no"},
    {"tick_policy|tickpolicy", "@tickpolicy", "delay|catchup|merge|discard"},
    {"track", "@track", "boot|guest|wall|realtime"},
    {"frequency", "@frequency", "positive"},
    {"mode", "@mode", "auto|native|emulate|paravirt|smpsafe"},
};

const std::vector<Field> kChardevFields = {
    {"path|source_path|source/path", "source/@path", "path"},
    {"mode|source/mode", "source/@mode", "bind|connect"},
    {"host|source/host", "source/@host", "token"},
    {"service|port|source/service", "source/@service", "token"},
    {"channel|source/channel", "source/@channel", "token"},
    {"protocol|protocol/type", "protocol/@type", "raw|telnet|telnets|tls"},
    {"log|log/file", "log/@file", "path"},
    {"target_type|target/type", "target/@type",
     "isa-serial|usb-serial|pci-serial|spapr-vio-serial|system-serial|sclp-serial|virtio|xen"},
};

const std::vector<Field> kVirtualPortFields = {
    {"type", "virtualport/@type", "openvswitch|802.1Qbg|802.1Qbh|midonet"},
    {"managerid|parameters/managerid", "virtualport/parameters/@managerid", "number"},
    {"typeid|parameters/typeid", "virtualport/parameters/@typeid", "number"},
    {"typeidversion|parameters/typeidversion", "virtualport/parameters/@typeidversion", "number"},
    {"instanceid|parameters/instanceid", "virtualport/parameters/@instanceid", "uuid"},
    {"interfaceid|parameters/interfaceid", "virtualport/parameters/@interfaceid", "uuid"},
    {"profileid|parameters/profileid", "virtualport/parameters/@profileid", "profile"},
};

const std::vector<Field> kHugePageFields = {
    {"size", "@size", "count"},
    {"unit", "@unit", "b|bytes|KB|K|KiB|MB|M|MiB|GB|G|GiB"},
    {"nodeset", "@nodeset", "cpuset"},
};

}  // namespace virtsql::virtumancer
