SELECT s.uuid AS parent_key, s.uuid AS key, s.name FROM shown AS s JOIN spans AS p ON p.uuid = s.uuid
