-- Which models of network card are in use, and by how many VMs?
--
-- Asked before guests' drivers are changed. One row for each model and kind of connection. A card without a model (-)
-- is a device of the host, or the hypervisor chooses its model.
SELECT coalesce(p.model_name, '-') AS model, p.source_type, count(*) AS cards, count(DISTINCT p.vm_uuid) AS vms
FROM vm_ports AS p JOIN defined_vms AS v ON v.uuid = p.vm_uuid GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2;
