-- The PCI buses of each VM as a tree, from its root buses on: a bridge opens the bus of its index. What is passed through
-- ends at the host's device with its IOMMU group. A line is 30 high, a box 240 wide. Each step is named once by the next: SQLite
-- reads a step's text again wherever it is named, and that of vm_devices is long.
WITH RECURSIVE plugged AS MATERIALIZED (
  SELECT d.vm_uuid, d.host, d.element, d.table_name || ':' || d.id AS key, d.element || coalesce(' ' || d.name, '') AS heading, d.model, d.source, d.pci_address,
    substr(d.pci_address, 1, 7) AS bus,
    CASE WHEN d.element = 'controller' AND d.name GLOB 'pci *' THEN format('0000:%02x', CAST(substr(d.name, 5) AS INTEGER)) END AS opens
  FROM vm_devices AS d JOIN vms AS v ON v.uuid = d.vm_uuid
  WHERE :full AND v.state <> 'undefined' AND @SHOWN(d.host, d.vm_uuid)@
    AND (d.pci_address IS NOT NULL OR d.element = 'controller' AND d.name GLOB 'pci *' OR d.element = 'iommu')),
tree AS (
  -- A root bus has a controller without an address; if the definition names none, its devices say that it is there.
  SELECT d.vm_uuid, NULL AS host, coalesce(c.key, 'bus:' || d.bus) AS key, d.bus AS opens, NULL AS above, d.bus AS place, 0 AS depth,
    'bus ' || substr(d.bus, 6) AS address, 'root bus' AS heading, c.model, NULL AS source
  FROM plugged AS d LEFT JOIN plugged AS c ON c.vm_uuid = d.vm_uuid AND c.opens = d.bus
  WHERE d.bus IS NOT NULL AND c.pci_address IS NULL GROUP BY d.vm_uuid, d.bus
  UNION ALL
  SELECT p.vm_uuid, p.host, p.key, p.opens, t.key, t.place || '/' || p.pci_address || p.key, t.depth + 1, substr(p.pci_address, 9), p.heading, p.model, p.source
  FROM tree AS t JOIN plugged AS p ON p.vm_uuid = t.vm_uuid AND p.bus = t.opens WHERE t.depth < 8),
-- In the order of places, a bridge is followed by what is behind it.
ends AS (SELECT *, coalesce(lead(above) OVER (PARTITION BY vm_uuid ORDER BY place) <> key, 1) AS is_end FROM tree),
-- A bridge stands in the line of the first device behind it. The first 200 lines are drawn.
placed AS (
  SELECT *, coalesce(sum(is_end) OVER (PARTITION BY vm_uuid ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS line,
    sum(is_end) OVER (PARTITION BY vm_uuid) AS lines, max(depth) OVER (PARTITION BY vm_uuid) AS deepest
  FROM ends),
boxes AS (
  SELECT *, 2 + 270 * depth AS x, 2 + 30 * line AS y, 2 + 30 * min(line) OVER (PARTITION BY vm_uuid, above) AS above_y, 2 + 270 * (deepest + 1) AS host_x,
    coalesce(source GLOB '????:??:??.?', 0) AS is_passed
  FROM placed)
