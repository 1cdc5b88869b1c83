-- The PCI buses of each VM as a tree, from its root buses on: a bridge opens the bus of its index. What is passed through
-- ends at the host's device with its IOMMU group. A line is 30 high, a box 240 wide.
WITH RECURSIVE plugged AS MATERIALIZED (
  SELECT d.vm_uuid, d.host, d.table_name || ':' || d.id AS key, d.element || coalesce(' ' || d.name, '') AS heading, d.model, d.source, d.pci_address,
    substr(d.pci_address, 1, 7) AS bus,
    CASE WHEN d.element = 'controller' AND d.name GLOB 'pci *' THEN format('0000:%02x', CAST(substr(d.name, 5) AS INTEGER)) END AS opens
  FROM vm_devices AS d JOIN vms AS v ON v.uuid = d.vm_uuid
  WHERE :full AND v.state <> 'undefined' AND (:host IS NULL OR d.host = :host) AND (:vm IS NULL OR d.vm_uuid = :vm)
    AND (d.pci_address IS NOT NULL OR d.element = 'controller' AND d.name GLOB 'pci *')),
-- A root bus has a controller without an address; if the definition names none, its devices say that it is there.
roots AS (
  SELECT p.vm_uuid, p.key, p.opens, p.model FROM plugged AS p WHERE p.pci_address IS NULL
    AND EXISTS (SELECT 1 FROM plugged AS d WHERE d.vm_uuid = p.vm_uuid AND d.bus = p.opens)
  UNION ALL
  SELECT DISTINCT p.vm_uuid, 'bus:' || p.bus, p.bus, NULL FROM plugged AS p
  WHERE p.bus IS NOT NULL AND NOT EXISTS (SELECT 1 FROM plugged AS c WHERE c.vm_uuid = p.vm_uuid AND c.opens = p.bus)),
tree AS (
  SELECT vm_uuid, NULL AS host, key, opens, NULL AS above, opens AS place, 0 AS depth, 'bus ' || substr(opens, 6) AS address, 'root bus' AS heading, model, NULL AS source
  FROM roots
  UNION ALL
  SELECT p.vm_uuid, p.host, p.key, p.opens, t.key, t.place || '/' || p.pci_address || p.key, t.depth + 1, substr(p.pci_address, 9), p.heading, p.model, p.source
  FROM tree AS t JOIN plugged AS p ON p.vm_uuid = t.vm_uuid AND p.bus = t.opens WHERE t.depth < 8),
ends AS (SELECT t.*, NOT EXISTS (SELECT 1 FROM plugged AS p WHERE p.vm_uuid = t.vm_uuid AND p.bus = t.opens) AS is_end FROM tree AS t),
-- A bridge stands in the line of the first device behind it. The first 200 lines are drawn.
placed AS MATERIALIZED (
  SELECT *, coalesce(sum(is_end) OVER (PARTITION BY vm_uuid ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS line,
    sum(is_end) OVER (PARTITION BY vm_uuid) AS lines, max(depth) OVER (PARTITION BY vm_uuid) AS deepest
  FROM ends),
boxes AS MATERIALIZED (SELECT *, 2 + 270 * depth AS x, 2 + 30 * line AS y FROM placed WHERE line < 200),
groups AS MATERIALIZED (
  SELECT h.name AS host, p.pci_address, p.iommu_group, p.product_name
  FROM host_pci_devices AS p JOIN node_devices AS n ON n.id = p.node_device_id JOIN hosts AS h ON h.id = n.host_id
  WHERE h.name IN (SELECT d.host FROM plugged AS d WHERE d.source GLOB '????:??:??.?')),
passed AS MATERIALIZED (
  SELECT b.vm_uuid, b.host, b.key, b.source, b.x, b.y, 2 + 270 * (b.deepest + 1) AS host_x, g.iommu_group, g.product_name,
    (SELECT group_concat(o.pci_address, ', ') FROM groups AS o WHERE o.host = b.host AND o.iommu_group = g.iommu_group AND o.pci_address <> b.source) AS others,
    g.pci_address IS NULL AND EXISTS (SELECT 1 FROM groups AS o WHERE o.host = b.host) AS missing
  FROM boxes AS b LEFT JOIN groups AS g ON g.host = b.host AND g.pci_address = b.source
  WHERE b.source GLOB '????:??:??.?')
