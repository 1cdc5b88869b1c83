-- Which VNC, SPICE and RDP displays listen on all addresses of the host?
--
-- Asked in an audit: anybody who reaches the host reaches the console. One row for each display that listens on 0.0.0.0,
-- :: or another spelling of them. port is empty if libvirt picks one when the VM starts. The finding display_open_to_all is the same.
SELECT host, vm_name AS vm, type, listen AS address, port
FROM vm_graphics WHERE open_to_all = 1
ORDER BY 1, 2;
