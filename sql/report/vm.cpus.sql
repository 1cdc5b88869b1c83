-- One picture for each VM that is pinned, on a host whose CPUs are known.
SELECT uuid AS parent_key, uuid AS key, name, words,
  (SELECT 412 * (max(cell_place) + 1) FROM processors AS p WHERE p.host = d.host) AS width,
  (SELECT 60 + 25 * (max(place) / 16) FROM processors AS p WHERE p.host = d.host) AS height
FROM drawn AS d
