#!/usr/bin/env python3
"""The report says the right things of the test fleet, of a hostile one, of an empty database, of each kind of
device."""
import glob
import html.parser
import json
import math
import os
import re
import resource
import tempfile
import time
import unittest

import fleet

QUERIES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'sql', 'report')
VOID = {'meta', 'link', 'br', 'hr', 'img', 'input'}


class Page(html.parser.HTMLParser):
    """Parses a page into its elements and texts. Asserts that tags close in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, f'never closed: {self.open}'

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f'</{tag}> closes {self.open[-3:]}'
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] not in ('style', 'script'):
            self.texts.append(data)

    def text(self):
        return ' '.join(' '.join(self.texts).split())

    def with_class(self, name):
        return [attrs for _, attrs in self.elements if name in (attrs.get('class') or '').split()]


def report(database, **options):
    argument = "'" + json.dumps(options).replace("'", "''") + "'" if options else ''
    return fleet.shell(database, f'SELECT virtsql_report({argument});')


class TestQueries(unittest.TestCase):
    def test_each_says_by_the_placeholder_which_rows_it_shows(self):
        queries = glob.glob(os.path.join(QUERIES, '*.sql'))
        self.assertGreater(len(queries), 30)
        for path in queries:
            folder, name = os.path.split(path)
            parts = name.split('.')
            shared = [os.path.join(folder, '.'.join(parts[:length]) + '.with.sql') for length in range(1, len(parts))]
            text = ''
            for file in [*filter(os.path.exists, shared), path]:
                with open(file, encoding='utf-8') as sql:
                    text += sql.read()
            self.assertRegex(text, r'@SHOWN\([a-z_.]+(, [a-z_.]+)?\)@', name)
            # The page's title is of the one VM.
            self.assertNotRegex(text.replace('SELECT name FROM vms WHERE uuid = :vm', ''), r'= :(host|vm)\b|:(host|vm) IS NULL OR', name)


class TestFleet(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.database = fleet.recipes_fleet(cls.folder.name)
        cls.html = report(cls.database)
        cls.page = Page(cls.html)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_has_every_vm_and_host(self):
        rows = fleet.shell(self.database, "SELECT uuid || ' ' || name || ' ' || host FROM vms WHERE state <> 'undefined';").split('\n')
        ids = {attrs.get('id') for _, attrs in self.page.elements}
        for row in filter(None, rows):
            uuid, name, host = row.split(' ')
            self.assertIn('vm-' + uuid, ids)
            self.assertIn(name, self.page.text())
            self.assertIn(host, self.page.text())

    def test_has_every_device_of_every_vm(self):
        listed = int(fleet.shell(self.database, 'SELECT count(*) FROM vm_devices;'))
        self.assertGreater(listed, 100)
        machines = self.html.split('id="machines"')[1]
        # Each VM has its CPUs and memory before its devices, and render01 its QEMU arguments after them.
        vms = machines.count('<details class="vm"')
        self.assertEqual(machines.count('<details><summary><b>') + machines.count('<div><b>'), listed + 2 * vms + 1)
        text = Page('<section ' + machines.split('</main>')[0]).text()
        for row in ('CPUs 12 host-passthrough Memory 32.0 GiB', 'Memory 24.0 GiB, of which the balloon leaves 6.0 GiB', 'QEMU arguments -global ICH9-LPC.disable_s3=1',
                    '0000:3b:00.0 (TU104GL [Tesla T4], IOMMU group 31)'):
            self.assertIn(row, text)

    def test_one_more_card_is_of_all_hosts(self):
        cards = re.findall(r'<article.*?</article>', self.html, re.S)
        self.assertEqual([re.search('<h3[^>]*>(.*?) <small>', card)[1] for card in cards], ['kvm1', 'kvm2', 'kvm3', 'all hosts'])
        words = Page(cards[-1]).text()
        for text in ('all hosts 20 VMs, 2 running vCPUs 89, 4 running memory 277.0 GiB, 32.0 running', ' 1 drifted'):
            self.assertIn(text, words)
        for severity in ('error', 'warning', 'notice'):
            times = [int(re.search(rf'>(\d+) {severity}', card)[1]) for card in cards]
            self.assertEqual(times[-1], sum(times[:-1]))
        self.assertEqual(report(self.database, host='kvm1').count('<article'), 1)

    def test_cards_count_snapshots_and_volumes_without_a_vm(self):
        def counts(html):
            return [(re.search('<h3[^>]*>(.*?) <small>', card)[1], *re.findall(r'<p class="note">(.*?)</p>', card)) for card in re.findall(r'<article.*?</article>', html, re.S)]
        self.assertEqual(counts(self.html), [('kvm1', '2 snapshots · 1 volume without a VM'), ('kvm2', '1 snapshot · 1 volume without a VM'), ('kvm3',),
                                             ('all hosts', '3 snapshots · 2 volumes without a VM')])
        self.assertEqual(counts(report(self.database, host='kvm2')), [('kvm2', '1 snapshot · 1 volume without a VM')])

    def test_each_set_value_of_a_device_is_reachable(self):
        values = fleet.shell(self.database, "SELECT l.value FROM vm_devices AS d JOIN xml_leaves(device_xml(d.table_name, d.id)) AS l "
                                            "WHERE d.vm_name = 'web01';").split('\n')
        text = Page(report(self.database, vm='web01')).text()
        for value in filter(None, values):
            self.assertIn(' '.join(value.split()), text)

    def test_findings_are_tags(self):
        rows = fleet.shell(self.database, "SELECT vm_name, replace(rule, '_', ' ') FROM findings WHERE vm_uuid IS NOT NULL;").split('\n')
        rows = [row.split('|') for row in rows if row]
        self.assertGreater(len(rows), 5)
        for vm_name, rule in rows:
            table_row = re.search(r'<tr><th scope="row"><a href="#vm-[^"]*">' + vm_name + '</a>.*?</tr>', self.html, re.S)
            self.assertIn(rule, table_row.group(0))

    def test_missing_things_are_marked(self):
        self.assertIn('dmz (gone)', self.page.text())
        self.assertTrue([attrs for attrs in self.page.with_class('link') if 'missing' in attrs['class']])

    def test_every_host_counts_and_every_disk(self):
        with tempfile.TemporaryDirectory() as folder:
            devices = ''.join(f"<disk type='file' device='{device}'><source file='/i/{device}'/><target dev='{target}' bus='sata'/></disk>"
                              for device, target in (('disk', 'sda'), ('cdrom', 'sdb')))
            database = fleet.database_of(folder, [('h1', fleet.domain('a', devices))])
            fleet.shell(database, "INSERT INTO hosts (name) VALUES ('h2');", readonly=False)
            html = report(database)
            self.assertIn('2 hosts · 1 VM ·', Page(html).text())
            self.assertEqual(html.count('class="topology"'), 1)
            self.assertIn('1 host · 0 VMs ·', Page(report(database, host='h2')).text())
            self.assertNotIn('topology', Page(report(database, host='h2')).text().lower())
            self.assertIn('1 host · 1 VM ·', Page(report(database, vm='a')).text())
            row = re.search(r'<tr><th scope="row"><a href="#vm-.*?</tr>', html, re.S).group(0)
            cells = re.findall(r'<td[^>]*>(.*?)</td>', row, re.S)
            self.assertEqual(cells[4], '1')

    def test_the_link_to_a_missing_volume_is_marked(self):
        with tempfile.TemporaryDirectory() as folder:
            disk = "<disk type='volume' device='disk'><source pool='p' volume='{}'/><target dev='{}' bus='virtio'/></disk>"
            database = fleet.database_of(folder, [('h1', fleet.domain('a', disk.format('x', 'vda') + disk.format('y', 'vdb'))),
                                                  ('h1', fleet.domain('b', disk.format('x', 'vda')))])
            fleet.shell(database, "SELECT pool_import('<pool type=\"dir\"><name>p</name><target><path>/i</path></target></pool>', 'h1');"
                                  "SELECT volume_import('<volume><name>x</name><target><path>/i/x</path></target></volume>', 'h1');", readonly=False)
            page = Page(report(database))
            self.assertEqual([attrs['class'].split() for attrs in page.with_class('link')], [['link', 'storage', 'missing'], ['link', 'storage']])
            self.assertFalse([attrs for attrs in page.with_class('storage') if 'node' in attrs['class'] and 'missing' in attrs['class']])
            self.assertNotIn('(gone)', page.text())

    def test_networks_are_words_of_their_own(self):
        with tempfile.TemporaryDirectory() as folder:
            networks = ''.join(f"<interface type='network'><source network='{name}'/></interface>" for name in ('lan', 'dmz', 'lan'))
            self.assertIn('<td class="name networks">lan, dmz</td>', report(fleet.database_of(folder, [('h1', fleet.domain('a', networks))])))

    def test_a_vm_that_runs_and_has_an_error_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            disk = "<disk type='file' device='disk'><source file='/i/x'/><target dev='vda' bus='virtio'/></disk>"
            database = fleet.database_of(folder, [('h1', fleet.domain(name, disk)) for name in 'ab'])
            fleet.shell(database, "UPDATE vm_states SET state = 'running' WHERE vm_uuid = (SELECT uuid FROM vms WHERE name = 'a');", readonly=False)
            picture = re.search(r'<svg class="topology".*?</figure>', report(database), re.S).group(0)
            self.assertEqual([name.split() for name in re.findall(r'<circle class="([^"]*)"', picture)], [['dot', 'on'], ['dot']])
            self.assertEqual(re.findall(r'<rect class="(node guest[^"]*)"', picture), ['node guest missing'] * 2)

    def test_long_names_in_the_topology_have_both_their_ends(self):
        with tempfile.TemporaryDirectory() as folder:
            name = 'customer-portal-production-17'
            database = fleet.database_of(folder, [('h1', fleet.domain(name, f"<interface type='network'><source network='{name * 2}'/></interface>"))])
            text = Page(report(database)).text()
            self.assertIn(' customer-port…duction-17 ', text)
            # Of what a VM uses, the page has the whole name: what fits, the browser says.
            self.assertIn(f' {name * 2} ', text)

    def test_a_place_of_a_finding_names_the_host_if_there_are_several(self):
        with tempfile.TemporaryDirectory() as folder:
            database = fleet.database_of(folder, [('h1', fleet.domain('web')), ('h2', fleet.domain('web').replace('<name>', '<uuid>11111111-2222-4333-8444-555555555555</uuid><name>'))])
            for options, times, places in (({}, 2, 'web (h1), web (h2)'), ({'host': 'h1'}, 1, 'web')):
                self.assertIn(f'<th scope="row">no guest agent</th><td class="n">{times}</td><td>{places}</td>', report(database, **options))

    def test_a_short_history_has_seconds(self):
        with tempfile.TemporaryDirectory() as folder:
            database = fleet.database_of(folder, [('h1', fleet.domain('a'))])
            for shift, pattern in ((-60, r'\d\d-\d\d \d\d:\d\d:\d\d'), (-3600, r'\d\d-\d\d \d\d:\d\d'), (-864000, r'\d{4}-\d\d-\d\d')):
                fleet.shell(database, 'PRAGMA foreign_keys = OFF; DROP TRIGGER IF EXISTS captures_updated;'
                            f"UPDATE captures SET id = (unixepoch() + {shift}) * 1000000; UPDATE virtual_machines SET capture_id = (SELECT id FROM captures);", readonly=False)
                labels = re.findall(r'<text class="\w+ note" x="\d+" y="70">(.*?)</text>', report(database))
                self.assertEqual(len(labels), 6)
                for label in labels:
                    self.assertRegex(label, f'^{pattern}$')
                self.assertEqual(len(set(labels)), 6)

    def test_is_one_file_that_loads_nothing(self):
        for tag, attrs in self.page.elements:
            self.assertNotIn(tag, ('img', 'link', 'iframe', 'object', 'embed', 'form'))
            for name in ('src', 'srcset', 'data', 'action', 'style', 'onclick'):
                self.assertNotIn(name, attrs)
            if 'href' in attrs:
                self.assertTrue(attrs['href'].startswith('#'), attrs['href'])
        self.assertNotRegex(self.html.split('</style>')[0], r'url\(|@import')
        policy = [attrs['content'] for tag, attrs in self.page.elements if attrs.get('http-equiv') == 'Content-Security-Policy']
        self.assertTrue(policy and policy[0].startswith("default-src 'none'"), policy)
        self.assertNotIn('unsafe', policy[0])

    def test_links_lead_somewhere(self):
        ids = [attrs['id'] for _, attrs in self.page.elements if 'id' in attrs]
        self.assertEqual(len(ids), len(set(ids)))
        for _, attrs in self.page.elements:
            for name in ('href', 'aria-labelledby', 'for'):
                if name in attrs:
                    self.assertIn(attrs[name].lstrip('#'), ids)

    def test_headings_do_not_skip_a_level(self):
        levels = [int(tag[1]) for tag, _ in self.page.elements if re.fullmatch(r'h[1-6]', tag)]
        self.assertEqual(levels[0], 1)
        for before, after in zip(levels, levels[1:]):
            self.assertLessEqual(after, before + 1)

    def test_of_one_host_and_of_one_vm(self):
        text = Page(report(self.database, host='kvm2')).text()
        self.assertIn('gitlab', text)
        self.assertNotIn('web03', text)
        page = Page(report(self.database, vm='app03', theme='dark'))
        self.assertIn('The XML', page.text())
        self.assertIn(('html', {'lang': 'en', 'data-theme': 'dark'}), page.elements)
        self.assertNotIn('gitlab', page.text())

    def test_a_page_that_would_be_empty_is_an_error(self):
        with self.assertRaisesRegex(AssertionError, 'the VM "gitlab" is not on the host "kvm1" but on "kvm2"'):
            report(self.database, vm='gitlab', host='kvm1')
        self.assertIn('gitlab', report(self.database, vm='gitlab', host='kvm2'))
        with tempfile.TemporaryDirectory() as folder:
            database = fleet.database_of(folder, [('h1', fleet.domain('a'))])
            fleet.shell(database, "UPDATE vm_states SET state = 'undefined';", readonly=False)
            with self.assertRaisesRegex(AssertionError, r'''libvirt no longer has the VM "a"; domain_history\('[-0-9a-f]+'\)'''):
                report(database, vm='a')

    def test_history_has_runs_changes_and_the_difference(self):
        page = Page(report(self.database, vm='app03'))
        self.assertTrue(page.with_class('run'))
        self.assertGreaterEqual(len(page.with_class('changed')), 2)
        self.assertIn('/domain/memory/text()', page.text())
        self.assertTrue(page.with_class('added') and page.with_class('removed'))

    def test_refuses_what_it_does_not_know(self):
        for options, words in (({'hosts': 'kvm1'}, 'no option "hosts"'), ({'host': 'nowhere'}, 'no host "nowhere"'), ({'vm': 'nothing'}, 'no VM "nothing"'),
                               ({'theme': 'pink'}, 'no theme "pink"'), ({'theme': 3}, 'is no text')):
            with self.assertRaisesRegex(AssertionError, words):
                report(self.database, **options)
        with self.assertRaisesRegex(AssertionError, 'no JSON object'):
            fleet.shell(self.database, "SELECT virtsql_report('[');")


class TestPciBuses(unittest.TestCase):
    """The report draws a VM's PCI buses, and the host's devices behind them."""

    ADDRESS = "<address type='pci' domain='0x0000' bus='{bus:#04x}' slot='{slot:#04x}' function='{function:#03x}'/>"

    def picture(self, devices, node_devices=()):
        with tempfile.TemporaryDirectory() as folder:
            database = fleet.database_of(folder, [('alpha', fleet.domain('a', devices))])
            for xml in node_devices:
                quoted = xml.replace("'", "''")
                fleet.shell(database, f"SELECT nodedev_import('{quoted}', 'alpha');", readonly=False)
            html = report(database)
        found = re.search(r'<svg class="pci".*?</svg>', html, re.S)
        return Page(found.group(0)) if found else None

    def at(self, bus, slot, function=0):
        return self.ADDRESS.format(bus=bus, slot=slot, function=function)

    def node_device(self, function, group):
        return (f'<device><name>pci_0000_65_00_{function}</name><capability type="pci"><domain>0</domain><bus>101</bus><slot>0</slot>'
                f'<function>{function}</function><product>card {function}</product><iommuGroup number="{group}"/></capability></device>')

    def passed_through(self):
        source = "<source><address domain='0x0000' bus='0x65' slot='0x00' function='0x0'/></source>"
        return f"<hostdev mode='subsystem' type='pci' managed='yes'>{source}{self.at(1, 0)}</hostdev>"

    def test_a_bridge_opens_the_bus_of_its_index(self):
        page = self.picture(f"<controller type='pci' index='0' model='pcie-root'/>"
                            f"<controller type='pci' index='1' model='pcie-root-port'>{self.at(0, 2)}</controller>"
                            f"<controller type='pci' index='10' model='pcie-to-pci-bridge'>{self.at(1, 0)}</controller>"
                            f"<rng model='virtio'><backend model='random'>/dev/urandom</backend>{self.at(10, 3)}</rng>"
                            f"<memballoon model='virtio'>{self.at(0, 4)}</memballoon>")
        boxes = [(attrs['x'], attrs['y']) for attrs in page.with_class('node')]
        self.assertEqual(boxes, [('2', '2'), ('272', '2'), ('542', '2'), ('812', '2'), ('272', '32')])
        for text in ('bus 00 pcie-root', '02.0 pcie-root-port, bus 01', '00.0 pcie-to-pci-bridge, bus 0a', '03.0 rng, virtio', '04.0 memballoon, virtio'):
            self.assertIn(text, page.texts)
        self.assertEqual(len(page.with_class('link')), 4)

    def test_a_bus_that_no_controller_names_is_there(self):
        page = self.picture(f"<memballoon model='virtio'>{self.at(0, 4)}</memballoon>")
        self.assertIn('bus 00 root bus', page.texts)
        self.assertIsNone(self.picture("<memballoon model='none'/>"))

    def test_what_is_passed_through_ends_at_the_host(self):
        text = self.picture(self.passed_through(), [self.node_device(0, 34), self.node_device(1, 34)]).text()
        self.assertIn('card 0, 0000:65:00.0 of alpha, in IOMMU group 34 with 0000:65:00.1', text)
        self.assertIn('alone in IOMMU group 34', self.picture(self.passed_through(), [self.node_device(0, 34), self.node_device(1, 35)]).text())
        # If no device of the host is known, the report does not say that one is missing.
        self.assertNotIn('no such device', self.picture(self.passed_through()).text())
        missing = self.picture(self.passed_through(), [self.node_device(1, 35)])
        self.assertIn('which has no such device', missing.text())
        self.assertEqual(len([attrs for attrs in missing.with_class('link') if 'missing' in attrs['class']]), 1)

    def test_buses_that_open_each_other_end(self):
        page = self.picture(f"<controller type='pci' index='1' model='pci-bridge'>{self.at(2, 0)}</controller>"
                            f"<controller type='pci' index='2' model='pci-bridge'>{self.at(1, 0)}</controller>")
        self.assertIsNone(page)


class EveryKindOfDevice(unittest.TestCase):
    """The page of a VM shows every device that the catalog knows, and every value of it."""

    @staticmethod
    def documents(catalog):
        """For each device element of the catalog, given as (path, type): its XML with every attribute of the element
        and of its children, and the value of each attribute. `source#2` is the second <source>."""
        devices, values = {}, {}
        for number, (path, kind) in enumerate(catalog):
            element, *child, attribute = path.removeprefix('/domain/devices/').split('/')
            value = f'value{number}' if kind == 'text' else str(70000 + number)
            places = devices.setdefault(element, {})
            places.setdefault('/'.join(child), []).append(f"{attribute.removeprefix('@')}='{value}'")
            values.setdefault(element, []).append(value)
        xml = {}
        for element, places in devices.items():
            children = ''.join(f"      <{child.split('#')[0]} {' '.join(attributes)}/>\n" for child, attributes in sorted(places.items()) if child)
            xml[element] = f"    <{element} {' '.join(places.get('', []))}>\n{children}    </{element}>\n"
        return xml, values

    def test_can_be_seen(self):
        with tempfile.TemporaryDirectory() as folder:
            empty = os.path.join(folder, 'empty.db')
            catalog = [row.split('|') for row in fleet.shell(
                empty, "SELECT xml_path, iif(min(type = 'text'), 'text', 'number') FROM virtsql_catalog WHERE xml_path GLOB '/domain/devices/*/*@*'"
                       " AND xml_path NOT GLOB '/domain/devices/*/*/*/*' AND xml_path NOT GLOB '*:*' AND type <> 'json' GROUP BY 1;", readonly=False).splitlines()]
            xml, values = self.documents(catalog)
            self.assertGreater(len(xml), 30)
            database = fleet.database_of(folder, [('kvm1', fleet.domain('all', ''.join(xml.values())))])
            text = Page(report(database, vm='all')).text()
            for element in xml:
                self.assertIn(f' {element} ', text)
                for value in values[element]:
                    self.assertIn(value, text, element)


class HostileFleet(unittest.TestCase):
    NAMES = ['<script>alert(1)</script>', "'\"><img src=x onerror=alert(1)>", '{{{xml}}}{{name}}', '&lt;b&gt;', 'javascript:alert(1)', '</title></style>', '日本語 ‮evil']

    def test_names_are_never_markup(self):
        with tempfile.TemporaryDirectory() as folder:
            extra = "  <title>&lt;i&gt;title&lt;/i&gt;</title>\n  <description>&lt;/pre&gt;&lt;script&gt;1&lt;/script&gt;</description>\n"
            devices = ("    <interface type='bridge'>\n      <mac address='52:54:00:00:00:01'/>\n      <source bridge='&lt;b onload=1&gt;'/>\n    </interface>\n"
                       "    <disk type='file' device='disk'>\n      <source file='/x/&quot;&gt;&lt;script&gt;2&lt;/script&gt;'/>\n      <target dev='vda' bus='virtio'/>\n    </disk>\n")
            database = fleet.database_of(folder, [('h<1>', fleet.domain(name, devices, extra)) for name in self.NAMES])
            html = report(database)
            page = Page(html)
            for name in self.NAMES:
                self.assertIn(' '.join(name.split()), page.text())
            self.assertEqual(len([tag for tag, _ in page.elements if tag == 'script']), 1)
            self.assertFalse([tag for tag, _ in page.elements if tag in ('img', 'i')])
            self.assertIn('</pre><script>1</script>', page.text())

    def test_many_devices(self):
        with tempfile.TemporaryDirectory() as folder:
            devices = ''.join(f"    <interface type='bridge'>\n      <mac address='52:54:00:{i >> 16:02x}:{i >> 8 & 255:02x}:{i & 255:02x}'/>\n"
                              f"      <source bridge='br{i % 40}'/>\n    </interface>\n" for i in range(10000))
            database = fleet.database_of(folder, [('h1', fleet.domain('many', devices))])
            Page(report(database))

    def test_empty_everything(self):
        with tempfile.TemporaryDirectory() as folder:
            database = os.path.join(folder, 'empty.db')
            fleet.shell(database, 'SELECT virtsql_init();', readonly=False)
            page = Page(report(database))
            self.assertIn('No VM is defined or running here', page.text())
            database = fleet.database_of(folder, [('e', '<domain type="kvm"><name/><uuid>11111111-2222-4333-8444-555555555555</uuid></domain>'), ('h', '<domain><name>a</name></domain>')])
            fleet.shell(database, "UPDATE hosts SET name = '' WHERE name = 'e';", readonly=False)
            Page(report(database))


class LargeFleet(unittest.TestCase):
    VMS = 300 if 'VIRTSQL_PRELOAD' in os.environ else 1000

    @staticmethod
    def cpu_seconds(call):
        def used():
            children = resource.getrusage(resource.RUSAGE_CHILDREN)
            return children.ru_utime + children.ru_stime
        before = used()
        call()
        return used() - before

    def least(self, bound, first, second):
        """Returns seconds of CPU of the cheapest calls of both. They run in turns, so that a busy moment of the machine
        does not hit only one of them, and more often if the first seems to cost `bound` times as much as the second."""
        once, other = math.inf, math.inf
        for turn in range(8):
            once, other = min(once, self.cpu_seconds(first)), min(other, self.cpu_seconds(second))
            if turn >= 1 and once < bound * other:
                break
        return once, other

    def test_a_thousand_vms(self):
        with tempfile.TemporaryDirectory() as folder:
            devices = ''.join(f"    <disk type='file' device='disk'>\n      <source file='/images/%s-{d}.qcow2'/>\n      <target dev='vd{d}' bus='virtio'/>\n    </disk>\n" for d in 'ab')
            devices += "    <interface type='network'>\n      <mac address='52:54:00:%s'/>\n      <source network='lan%s'/>\n      <model type='virtio'/>\n    </interface>\n"
            documents = [(f'kvm{n // 100}', fleet.domain(f'vm{n:04}', devices % (n, n, f'00:{n >> 8:02x}:{n & 255:02x}', n % 7), vcpus=2)) for n in range(self.VMS)]
            database = fleet.database_of(folder, documents)
            begun = time.monotonic()
            html = report(database)
            whole = time.monotonic() - begun
            with tempfile.TemporaryDirectory() as small:
                few = fleet.database_of(small, documents[:10])
                one, one_of_few = self.least(1.6, lambda: report(database, vm='vm0007'), lambda: report(few, vm='vm0007'))
            print(f'{self.VMS} VMs: {len(html) / 1e6:.1f} MB in {whole:.1f} s; one of them in {one * 1000:.0f} ms, one of ten in {one_of_few * 1000:.0f} ms')
            page = Page(html)
            self.assertLessEqual(len(html), 10_000_000)
            self.assertNotIn('The XML', page.text())
            self.assertIn('leaves out', page.text())
            # Of the places where a rule found something the first twelve are named.
            self.assertRegex(page.text(), r'vm0000 \(kvm0\), (vm00\d\d \(kvm0\), ){10}vm0011 \(kvm0\), …')
            # The report of one VM costs only as much as this VM has, however many others there are.
            self.assertLess(one, 1.6 * one_of_few)


if __name__ == '__main__':
    unittest.main(verbosity=2)
