-- cpuset_cpus(text): sets of CPUs as rows.
.load @VIRTSQL_EXTENSION@
SELECT cpu, typeof(cpu) FROM cpuset_cpus('0-3,^2,8');
--> 0|integer
--> 1|integer
--> 3|integer
--> 8|integer
-- A number is a set of one, also if it is bound as such.
SELECT cpu FROM cpuset_cpus(7);
--> 7
-- NULL and nothing have no CPUs.
SELECT count(*) FROM cpuset_cpus(NULL);
--> 0
SELECT count(*) FROM cpuset_cpus('');
--> 0
-- In a join the set may come from the left.
SELECT s.value, c.cpu FROM json_each('["1-2", "5"]') AS s JOIN cpuset_cpus(s.value) AS c;
--> 1-2|1
--> 1-2|2
--> 5|5
SELECT count(*) FROM cpuset_cpus('0-65535');
--> 65536
SELECT cpu FROM cpuset_cpus('3-1');
--> Runtime error: cpuset_cpus(): "3-1" is no set of CPUs; they are spelled 0-3,^2,8 with numbers up to 65535
SELECT cpu FROM cpuset_cpus(x'00');
--> Runtime error: cpuset_cpus(): "?" is no set of CPUs; they are spelled 0-3,^2,8 with numbers up to 65535
SELECT cpu FROM cpuset_cpus;
--> Runtime error: cpuset_cpus() needs text: cpuset_cpus('0-3,^2,8')
-- What the rows of vm_cpu_pins say is the same.
SELECT virtsql_init() > 0;
--> 1
SELECT domain_import('<domain type="kvm"><name>p</name><uuid>5a6b2a62-2a51-4a37-8a6e-07a3c2f9b001</uuid><memory>1024</memory>
  <vcpu cpuset="0-7,^3">4</vcpu><cputune><vcpupin vcpu="0" cpuset="2,4-6"/><vcpupin vcpu="1" cpuset=" 1 - 3 ,^2"/></cputune></domain>') IS NULL;
--> 0
SELECT count(*) FROM (
  SELECT p.vcpu, c.cpu FROM vcpu_pins AS p JOIN cpuset_cpus(p.cpuset) AS c
  UNION ALL SELECT NULL, c.cpu FROM virtual_machines AS v JOIN cpuset_cpus(v.vcpu_cpuset) AS c
  EXCEPT SELECT vcpu, cpu FROM vm_cpu_pins);
--> 0
SELECT count(*) FROM vm_cpu_pins;
--> 13
-- Pure, so that it may stand in views.
CREATE VIEW cpus_of AS SELECT cpu FROM cpuset_cpus('4');
SELECT cpu FROM cpus_of;
--> 4
