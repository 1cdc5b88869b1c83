SELECT d.uuid AS parent_key, c.cell, 412 * c.place + 2 AS x, 412 * c.place + 10 AS text_x, 404 AS width,
  (SELECT 52 + 25 * (max(place) / 16) FROM processors AS p WHERE p.host = d.host) AS height
FROM drawn AS d JOIN cells AS c ON c.host = d.host
ORDER BY d.uuid, c.place
