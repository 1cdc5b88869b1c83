module libvirtxml

go 1.19

require libvirt.org/go/libvirtxml v1.9000.0
