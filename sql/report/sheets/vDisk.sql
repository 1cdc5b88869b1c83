-- Each disk of each VM: the image that the VM writes.
SELECT i.vm_name AS "VM", i.target AS "Disk", i.device AS "Device", i.bus AS "Controller", i.format AS "Format", i.capacity_bytes / 1048576 AS "Capacity MiB", i.image AS "Path",
  i.pool AS "Datastore", i.volume AS "Volume", i.serial AS "Disk UUID", i.read_only AS "Read-only", i.shareable AS "Sharing mode",
  (SELECT count(*) FROM vm_images AS b WHERE b.vm_uuid = i.vm_uuid AND b.target = i.target AND b.depth > 0) AS "Backing images", i.host AS "Host", i.vm_uuid AS "VM UUID"
FROM vm_images AS i
WHERE i.depth = 0
ORDER BY i.host, i.vm_name, i.target
