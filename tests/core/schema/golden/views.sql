
-- A lamp as one VM has it. With host, VM and resource; INSERT, UPDATE and DELETE change one VM.
CREATE VIEW vm_lamps AS SELECT v.host,v.vm_name,t.vm_uuid,driver_name,colour,model_name,driver_queues,mac_address,'{'||nullif(replace(replace(replace(replace(replace(replace(substr(format('%s%s',',￿name￿:￿'||driver_name||'￿',',￿queues￿:'||driver_queues),2),'\','\\'),'"','\"'),char(9),'\t'),char(10),'\n'),char(13),'\r'),'￿','"'),'')||'}' AS driver_json,position,lamp_id,t.id AS id FROM lamp_attachments t JOIN virtsql_vm_names v ON v.vm_uuid=t.vm_uuid LEFT JOIN lamps r ON r.id=t.lamp_id;
CREATE TRIGGER vm_lamps_updated INSTEAD OF UPDATE ON vm_lamps BEGIN
INSERT INTO virtsql_edit(vm_uuid,text) VALUES(OLD.vm_uuid,ifnull(NEW.driver_name,0)||0||ifnull(NEW.colour,0)||0||ifnull(NEW.model_name,0)||0||ifnull(NEW.mac_address,0));
SELECT RAISE(ABORT,'vm_lamps: a text has a character that XML cannot have: a control character, U+FFFE, U+FFFF, or bytes that are not UTF-8') FROM virtsql_edit WHERE is_no_xml;
UPDATE lamp_attachments SET driver_name=NEW.driver_name,colour=NEW.colour,driver_queues=NEW.driver_queues,mac_address=NEW.mac_address,position=NEW.position WHERE id=OLD.id;
END;
CREATE TRIGGER vm_lamps_replaced INSTEAD OF UPDATE OF model_name ON vm_lamps BEGIN
INSERT INTO virtsql_edit(vm_uuid,resource_id) SELECT OLD.vm_uuid,max(id) FROM lamps r WHERE identity=rtrim(format('%Q',NEW.model_name),',NUL');
INSERT INTO lamps(model_name) SELECT NEW.model_name FROM virtsql_edit WHERE resource_id IS NULL;
UPDATE virtsql_edit SET resource_id=last_insert_rowid() WHERE resource_id IS NULL;
UPDATE lamp_attachments SET lamp_id=(SELECT resource_id FROM virtsql_edit) WHERE id=OLD.id;
END;
CREATE TRIGGER vm_lamps_inserted INSTEAD OF INSERT ON vm_lamps BEGIN
INSERT INTO virtsql_edit(host,vm_name,vm_uuid) VALUES(NEW.host,NEW.vm_name,NEW.vm_uuid);
SELECT RAISE(ABORT,'vm_lamps: the VM has a row with this driver_name, colour: UPDATE vm_lamps ... WHERE vm_uuid = ... AND driver_name = ... AND colour = ...') FROM virtsql_edit e JOIN vm_lamps v ON v.vm_uuid=e.vm_uuid AND NEW.colour IS 'white' AND coalesce(v.driver_name=nullif(NEW.driver_name,''),1) AND v.colour=nullif(NEW.colour,'');
SELECT RAISE(ABORT,'vm_lamps: the VM has a row with this colour: UPDATE vm_lamps ... WHERE vm_uuid = ... AND colour = ...') FROM virtsql_edit e JOIN vm_lamps v ON v.vm_uuid=e.vm_uuid AND NOT(NEW.colour IS 'white') AND v.colour=nullif(NEW.colour,'');
INSERT INTO lamp_attachments(vm_uuid,position) SELECT vm_uuid,coalesce(NEW.position,(SELECT coalesce(max(position),-1)+1 FROM lamp_attachments a WHERE a.vm_uuid=e.vm_uuid)) FROM virtsql_edit e;
UPDATE vm_lamps SET id=0 WHERE id=last_insert_rowid() AND coalesce(NEW.driver_json,NEW.lamp_id,NEW.id) IS NOT NULL;
UPDATE vm_lamps SET driver_name=NEW.driver_name,colour=coalesce(NEW.colour,'white'),model_name=NEW.model_name,driver_queues=NEW.driver_queues,mac_address=coalesce(NEW.mac_address,(SELECT format('%s:%02x:%02x:%02x',CASE domain_type WHEN 'xen' THEN '00:16:3e' WHEN 'bhyve' THEN '58:9c:fc' WHEN 'vmware' THEN '00:0c:29' WHEN 'vbox' THEN '08:00:27' WHEN 'hyperv' THEN '00:15:5d' WHEN 'vz' THEN '42:1c:00' WHEN 'parallels' THEN '42:1c:00' ELSE '52:54:00' END,random()&255,random()&255,random()&255) FROM virtual_machines JOIN virtsql_edit ON uuid=vm_uuid)) WHERE id=last_insert_rowid();
END;
CREATE TRIGGER vm_lamps_deleted INSTEAD OF DELETE ON vm_lamps BEGIN
DELETE FROM lamp_attachments WHERE id=OLD.id;
INSERT INTO virtsql_edit(vm_uuid) VALUES(OLD.vm_uuid);
END;
CREATE TRIGGER vm_lamps_refused INSTEAD OF UPDATE OF host,vm_name,vm_uuid,driver_json,lamp_id,id ON vm_lamps BEGIN
SELECT RAISE(ABORT,'vm_lamps: host, vm_name, vm_uuid, lamp_id, id say which row it is and cannot be set (a VM is renamed in virtual_machines); computed: driver_json (set driver_name, driver_queues)');
END;

-- A pipe as one VM has it. With host, VM and resource; INSERT, UPDATE and DELETE change one VM.
CREATE VIEW vm_pipes AS SELECT v.host,v.vm_name,t.vm_uuid,type,path,certificate_1,certificate_2,position,pipe_id,t.id AS id FROM pipe_attachments t JOIN virtsql_vm_names v ON v.vm_uuid=t.vm_uuid LEFT JOIN pipes r ON r.id=t.pipe_id;
CREATE TRIGGER vm_pipes_updated INSTEAD OF UPDATE ON vm_pipes BEGIN
INSERT INTO virtsql_edit(vm_uuid,text) VALUES(OLD.vm_uuid,ifnull(NEW.type,0)||0||ifnull(NEW.path,0)||0||ifnull(NEW.certificate_1,0)||0||ifnull(NEW.certificate_2,0));
SELECT RAISE(ABORT,'vm_pipes: a text has a character that XML cannot have: a control character, U+FFFE, U+FFFF, or bytes that are not UTF-8') FROM virtsql_edit WHERE is_no_xml;
SELECT RAISE(ABORT,'vm_pipes: type cannot be ''mdev'' here; for others there is vm_mediated_pipes') WHERE NEW.type='mdev';
SELECT RAISE(ABORT,'vm_pipes: certificate_2 needs certificate_1') WHERE NEW.certificate_2 IS NOT NULL AND NEW.certificate_1 IS NULL AND(OLD.certificate_1 IS NOT NULL OR OLD.certificate_2 IS NULL);
UPDATE pipe_attachments SET certificate_1=NEW.certificate_1,certificate_2=NEW.certificate_2,position=NEW.position WHERE id=OLD.id;
END;
CREATE TRIGGER vm_pipes_replaced INSTEAD OF UPDATE OF type,path ON vm_pipes WHEN OLD.pipe_id IS NULL OR (NEW.type,NEW.path) IS NOT (OLD.type,OLD.path) OR (SELECT host_id FROM pipes WHERE id=OLD.pipe_id) IS NOT (SELECT host_id FROM virtual_machines WHERE uuid=OLD.vm_uuid) BEGIN
INSERT INTO virtsql_edit(vm_uuid,resource_id) SELECT OLD.vm_uuid,max(id) FROM pipes r WHERE identity=CASE WHEN coalesce(NEW.path,'')<>'' THEN rtrim(format('%Q,%Q,%Q',(SELECT host_id FROM virtual_machines WHERE uuid=OLD.vm_uuid),NEW.type,NEW.path),',NUL') END AND NOT EXISTS(SELECT 1 FROM pipe_ends WHERE pipe_id IN(r.id,OLD.pipe_id));
INSERT INTO pipes(type,path,host_id) SELECT NEW.type,NEW.path,(SELECT host_id FROM virtual_machines WHERE uuid=OLD.vm_uuid) FROM virtsql_edit WHERE resource_id IS NULL;
UPDATE virtsql_edit SET resource_id=last_insert_rowid() WHERE resource_id IS NULL;
INSERT INTO pipe_ends(pipe_id,position,layout,name) SELECT resource_id,position,layout,name FROM pipe_ends,virtsql_edit WHERE pipe_id=OLD.pipe_id;
UPDATE vendor_options SET owner_id=b FROM (SELECT o.id a,n.id b FROM virtsql_edit JOIN pipe_ends o ON o.pipe_id=OLD.pipe_id JOIN pipe_ends n ON n.pipe_id=resource_id AND n.position IS o.position) WHERE owner_type='pipe_ends' AND vm_uuid=OLD.vm_uuid AND owner_id=a;
INSERT INTO pipe_end_valves(pipe_end_id,position,layout,size) SELECT n.id,g.position,g.layout,g.size FROM virtsql_edit JOIN pipe_ends o ON o.pipe_id=OLD.pipe_id JOIN pipe_ends n ON n.pipe_id=resource_id AND n.position IS o.position JOIN pipe_end_valves g ON g.pipe_end_id=o.id;
UPDATE vendor_options SET owner_id=b FROM (SELECT g.id a,m.id b FROM virtsql_edit JOIN pipe_ends o ON o.pipe_id=OLD.pipe_id JOIN pipe_ends n ON n.pipe_id=resource_id AND n.position IS o.position JOIN pipe_end_valves g ON g.pipe_end_id=o.id JOIN pipe_end_valves m ON m.pipe_end_id=n.id AND m.position IS g.position) WHERE owner_type='pipe_end_valves' AND vm_uuid=OLD.vm_uuid AND owner_id=a;
UPDATE pipe_attachments SET pipe_id=(SELECT resource_id FROM virtsql_edit) WHERE id=OLD.id;
END;
CREATE TRIGGER vm_pipes_inserted INSTEAD OF INSERT ON vm_pipes BEGIN
INSERT INTO virtsql_edit(host,vm_name,vm_uuid) VALUES(NEW.host,NEW.vm_name,NEW.vm_uuid);
INSERT INTO pipe_attachments(vm_uuid,position) SELECT vm_uuid,coalesce(NEW.position,(SELECT coalesce(max(position),-1)+1 FROM pipe_attachments a WHERE a.vm_uuid=e.vm_uuid)) FROM virtsql_edit e;
UPDATE vm_pipes SET id=0 WHERE id=last_insert_rowid() AND coalesce(NEW.pipe_id,NEW.id) IS NOT NULL;
UPDATE vm_pipes SET type=NEW.type,path=NEW.path,certificate_1=NEW.certificate_1,certificate_2=NEW.certificate_2 WHERE id=last_insert_rowid();
SELECT RAISE(ABORT,'vm_pipes: the VM has this device already: UPDATE vm_pipes ... WHERE vm_uuid = ... AND pipe_id = ...') FROM pipe_attachments a JOIN pipe_attachments b ON b.vm_uuid=a.vm_uuid AND b.pipe_id=a.pipe_id AND b.id<>a.id WHERE a.id=last_insert_rowid();
END;
CREATE TRIGGER vm_pipes_deleted INSTEAD OF DELETE ON vm_pipes BEGIN
DELETE FROM pipe_attachments WHERE id=OLD.id;
INSERT INTO virtsql_edit(vm_uuid) VALUES(OLD.vm_uuid);
END;
CREATE TRIGGER vm_pipes_refused INSTEAD OF UPDATE OF host,vm_name,vm_uuid,pipe_id,id ON vm_pipes BEGIN
SELECT RAISE(ABORT,'vm_pipes: host, vm_name, vm_uuid, pipe_id, id say which row it is and cannot be set (a VM is renamed in virtual_machines)');
END;

-- A mediated pipe. With host, VM and resource; INSERT, UPDATE and DELETE change one VM.
CREATE VIEW vm_mediated_pipes AS SELECT v.host,v.vm_name,t.vm_uuid,type,position,id FROM mediated_pipes t JOIN virtsql_vm_names v ON v.vm_uuid=t.vm_uuid;
CREATE TRIGGER vm_mediated_pipes_updated INSTEAD OF UPDATE ON vm_mediated_pipes BEGIN
INSERT INTO virtsql_edit(vm_uuid,text) VALUES(OLD.vm_uuid,ifnull(NEW.type,0));
SELECT RAISE(ABORT,'vm_mediated_pipes: a text has a character that XML cannot have: a control character, U+FFFE, U+FFFF, or bytes that are not UTF-8') FROM virtsql_edit WHERE is_no_xml;
SELECT RAISE(ABORT,'vm_mediated_pipes: type is ''mdev'' here; for others there is vm_pipes') WHERE NEW.type IS NOT 'mdev';
UPDATE mediated_pipes SET type=NEW.type,position=NEW.position WHERE id=OLD.id;
END;
CREATE TRIGGER vm_mediated_pipes_inserted INSTEAD OF INSERT ON vm_mediated_pipes BEGIN
INSERT INTO virtsql_edit(host,vm_name,vm_uuid) VALUES(NEW.host,NEW.vm_name,NEW.vm_uuid);
INSERT INTO mediated_pipes(vm_uuid,position) SELECT vm_uuid,coalesce(NEW.position,(SELECT coalesce(max(position),-1)+1 FROM mediated_pipes a WHERE a.vm_uuid=e.vm_uuid)) FROM virtsql_edit e;
UPDATE vm_mediated_pipes SET id=0 WHERE id=last_insert_rowid() AND NEW.id IS NOT NULL;
UPDATE vm_mediated_pipes SET type=coalesce(NEW.type,'mdev') WHERE id=last_insert_rowid();
END;
CREATE TRIGGER vm_mediated_pipes_deleted INSTEAD OF DELETE ON vm_mediated_pipes BEGIN
DELETE FROM mediated_pipes WHERE id=OLD.id;
INSERT INTO virtsql_edit(vm_uuid) VALUES(OLD.vm_uuid);
END;
CREATE TRIGGER vm_mediated_pipes_refused INSTEAD OF UPDATE OF host,vm_name,vm_uuid,id ON vm_mediated_pipes BEGIN
SELECT RAISE(ABORT,'vm_mediated_pipes: host, vm_name, vm_uuid, id say which row it is and cannot be set (a VM is renamed in virtual_machines)');
END;

-- What rings. With host, VM and resource; INSERT, UPDATE and DELETE change one VM.
CREATE VIEW vm_bells AS SELECT v.host,v.vm_name,t.vm_uuid,element,tone,size,id FROM bells t JOIN virtsql_vm_names v ON v.vm_uuid=t.vm_uuid;
CREATE TRIGGER vm_bells_updated INSTEAD OF UPDATE ON vm_bells BEGIN
INSERT INTO virtsql_edit(vm_uuid,text) VALUES(OLD.vm_uuid,ifnull(NEW.tone,0));
SELECT RAISE(ABORT,'vm_bells: a text has a character that XML cannot have: a control character, U+FFFE, U+FFFF, or bytes that are not UTF-8') FROM virtsql_edit WHERE is_no_xml;
SELECT RAISE(ABORT,'vm_bells: element bell has no size; set element = ''gong''') WHERE NEW.element='bell' AND NEW.size IS NOT NULL;
SELECT RAISE(ABORT,'vm_bells: element gong has no tone; set element = ''bell''') WHERE NEW.element='gong' AND NEW.tone IS NOT NULL;
UPDATE bells SET element=NEW.element,tone=NEW.tone,size=NEW.size WHERE id=OLD.id;
END;
CREATE TRIGGER vm_bells_inserted INSTEAD OF INSERT ON vm_bells BEGIN
INSERT INTO virtsql_edit(host,vm_name,vm_uuid) VALUES(NEW.host,NEW.vm_name,NEW.vm_uuid);
SELECT RAISE(ABORT,'vm_bells: the VM has one already: UPDATE vm_bells ... WHERE vm_uuid = ...') FROM virtsql_edit e JOIN vm_bells v ON v.vm_uuid=e.vm_uuid;
INSERT INTO bells(vm_uuid,element) SELECT vm_uuid,coalesce(NEW.element,'bell') FROM virtsql_edit e;
UPDATE vm_bells SET id=0 WHERE id=last_insert_rowid() AND NEW.id IS NOT NULL;
UPDATE vm_bells SET tone=NEW.tone,size=NEW.size WHERE id=last_insert_rowid();
END;
CREATE TRIGGER vm_bells_deleted INSTEAD OF DELETE ON vm_bells BEGIN
DELETE FROM bells WHERE id=OLD.id;
INSERT INTO virtsql_edit(vm_uuid) VALUES(OLD.vm_uuid);
END;
CREATE TRIGGER vm_bells_refused INSTEAD OF UPDATE OF host,vm_name,vm_uuid,id ON vm_bells BEGIN
SELECT RAISE(ABORT,'vm_bells: host, vm_name, vm_uuid, id say which row it is and cannot be set (a VM is renamed in virtual_machines)');
END;
CREATE TRIGGER virtual_machines_moved AFTER UPDATE OF host_id ON virtual_machines WHEN OLD.host_id IS NOT NEW.host_id AND NOT EXISTS(SELECT 1 FROM virtsql_edit WHERE is_document) BEGIN
UPDATE vm_pipes SET type=type WHERE vm_uuid=NEW.uuid;
END;
