#!/usr/bin/env python3
"""The report works in a real browser: sorting, filtering, folding, dark, print; without a console error or a
request."""
import base64
import json
import os
import re
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request

import fleet

ARGUMENTS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
             '--disable-component-update', '--disable-sync', '--window-size=1360,900', '--host-resolver-rules=MAP * ~NOTFOUND']


class Browser:
    """A session of chromedriver (https://www.w3.org/TR/webdriver2/)."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            self.port = free.getsockname()[1]
        self.driver = subprocess.Popen(['chromedriver', f'--port={self.port}'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       env={**os.environ, 'LD_PRELOAD': '', 'HOME': folder})
        self.session = ''
        for _ in range(100):
            try:
                if self.call('GET', '/status')['ready']:
                    break
            except OSError:
                time.sleep(0.1)
        self.session = '/session/' + self.call('POST', '/session', {'capabilities': {'alwaysMatch': {
            'goog:loggingPrefs': {'browser': 'ALL', 'performance': 'ALL'},
            'goog:chromeOptions': {'args': ARGUMENTS + [f'--user-data-dir={folder}/profile']}}}})['sessionId']

    def call(self, method, path, body=None):
        data = None if method == 'GET' else json.dumps(body or {}).encode()
        request = urllib.request.Request(f'http://127.0.0.1:{self.port}{self.session}{path}', data, {'Content-Type': 'application/json'}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)['value']

    def run(self, script, *arguments):
        return self.call('POST', '/execute/sync', {'script': script, 'args': list(arguments)})

    def cdp(self, command, **parameters):
        return self.call('POST', '/goog/cdp/execute', {'cmd': command, 'params': parameters})

    def log(self, kind):
        return self.call('POST', '/se/log', {'type': kind})

    def close(self):
        try:
            self.call('DELETE', '')
        finally:
            self.driver.terminate()
            self.driver.wait(20)


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        cls.database = fleet.recipes_fleet(cls.folder.name)
        cls.path = os.path.join(cls.folder.name, 'fleet.html')
        with open(cls.path, 'w', encoding='utf-8') as file:
            file.write(fleet.shell(cls.database, 'SELECT virtsql_report();'))
        cls.browser = Browser(cls.folder.name)
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.log('browser')
        self.browser.log('performance')
        self.browser.call('POST', '/url', {'url': 'file://' + self.path})

    def visible(self):
        return self.browser.run("return [...document.querySelectorAll('#vms tbody tr')].filter(r => r.checkVisibility()).map(r => r.cells[0].querySelector('a').textContent)")

    def test_asks_for_nothing_and_complains_of_nothing(self):
        requests = [json.loads(entry['message'])['message'] for entry in self.browser.log('performance')]
        urls = [r['params']['request']['url'] for r in requests if r['method'] == 'Network.requestWillBeSent']
        self.assertEqual(urls, ['file://' + self.path])
        self.assertEqual(self.browser.log('browser'), [])

    def test_filters(self):
        everything = self.visible()
        self.assertGreater(len(everything), 15)
        self.browser.run("const f = document.getElementById('filter'); f.value = 'kvm2 git'; f.dispatchEvent(new Event('input'))")
        self.assertEqual(self.visible(), ['gitlab'])
        found = []
        for rule in ('no guest agent', 'no_guest_agent'):
            self.browser.run(f"const f = document.getElementById('filter'); f.value = '{rule}'; f.dispatchEvent(new Event('input'))")
            found.append(self.visible())
        self.assertIn('legacy-nt', found[0])
        self.assertEqual(found[0], found[1])
        self.browser.run("const f = document.getElementById('filter'); f.value = ''; f.dispatchEvent(new Event('input'))")
        self.assertEqual(self.visible(), everything)

    def test_the_filter_says_what_it_filters_by(self):
        for width in (1360, 390, 320):
            self.browser.cdp('Emulation.setDeviceMetricsOverride', width=width, height=800, deviceScaleFactor=1, mobile=True)
            self.browser.call('POST', '/refresh')
            self.assertLessEqual(*self.browser.run("const f = document.getElementById('filter'); f.value = f.placeholder; return [f.scrollWidth, f.clientWidth]"), width)
        self.browser.cdp('Emulation.clearDeviceMetricsOverride')

    def test_sorts_numbers_as_numbers(self):
        for direction in ('ascending', 'descending'):
            self.browser.run("document.querySelectorAll('#vms thead button')[4].click()")
            sizes = self.browser.run("return [...document.querySelectorAll('#vms tbody tr')].map(r => Number(r.cells[4].dataset.value))")
            self.assertEqual(sizes, sorted(sizes, reverse=direction == 'descending'))
            self.assertEqual(self.browser.run("return document.querySelectorAll('#vms thead th')[4].getAttribute('aria-sort')"), direction)

    def test_a_link_opens_what_it_leads_to(self):
        self.assertFalse(self.browser.run("return document.querySelector('details.vm').open"))
        self.browser.run("document.querySelector('#vms tbody a').click()")
        time.sleep(0.3)
        self.assertTrue(self.browser.run("return document.querySelector('details.vm').open"))

    def test_light_and_dark(self):
        seen = {}
        for scheme in ('light', 'dark'):
            self.browser.cdp('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': scheme}])
            seen[scheme] = self.browser.run("return getComputedStyle(document.body).backgroundColor")
        self.browser.cdp('Emulation.setEmulatedMedia', features=[])
        self.assertNotEqual(seen['light'], seen['dark'])

    # Contrast as WCAG 2.2 has it.
    CONTRAST = '''
    const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const back = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
    const contrast = (one, other) => { const a = light(rgb(one).slice(0, 3)), b = light(other); return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); };
'''

    def test_texts_can_be_read(self):
        """Every text outside of SVG has a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3) in both themes."""
        script = self.CONTRAST + '''
          const bad = new Set();
          for (const e of document.querySelectorAll('body *:not(svg):not(svg *):not(script)')) {
            if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
            const ratio = contrast(getComputedStyle(e).color, back(e));
            if (ratio < 4.5) bad.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
          }
          return [...bad];'''
        for scheme in ('light', 'dark'):
            self.browser.cdp('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': scheme}])
            self.browser.run("for (const d of document.querySelectorAll('details')) d.open = true")
            self.assertEqual(self.browser.run(script), [], scheme)
            filter_ = "const i = document.getElementById('filter'); return contrast(getComputedStyle(i, '::placeholder').color, back(i))"
            self.assertGreaterEqual(self.browser.run(self.CONTRAST + filter_), 4.5)
            # The dots say the state (1.4.11). Where no word does, in the topology, their shape says it as well.
            dots = "return [...document.querySelectorAll('span.dot')].map((e) => contrast(getComputedStyle(e).backgroundColor, back(e.parentElement)))"
            self.assertGreaterEqual(min(self.browser.run(self.CONTRAST + dots)), 3, scheme)
            fills = self.browser.run("return [...document.querySelectorAll('circle.dot')].map((e) => [e.classList.contains('on'), getComputedStyle(e).fill === 'none'])")
            self.assertEqual({tuple(fill) for fill in fills}, {(True, False), (False, True)})
            # What has the focus is seen: its ring is drawn outside of it.
            ring = '''return [...document.querySelectorAll('header a, main a, summary, th button, #filter, .scroll')].map((e) => {
              e.focus({focusVisible: true}); return contrast(getComputedStyle(e).outlineColor, back(e.parentElement)); })'''
            self.assertGreaterEqual(min(self.browser.run(self.CONTRAST + ring)), 3)
        self.browser.cdp('Emulation.setEmulatedMedia', features=[])

    def pages_of_print(self):
        return len(re.findall(rb'/Type */Page\b', base64.b64decode(self.browser.call('POST', '/print', {'background': True}))))

    def test_prints(self):
        # What is closed on the screen is printed, and closed again. The style sheet does it where no script may run.
        closed = "return document.querySelectorAll('details:not([open])').length"
        before, pages = self.browser.run(closed), self.pages_of_print()
        self.assertGreater(before, 100)
        self.assertEqual(self.browser.run(closed), before)
        self.browser.cdp('Emulation.setScriptExecutionDisabled', value=True)
        self.browser.call('POST', '/refresh')
        self.assertEqual(self.pages_of_print(), pages)
        self.browser.cdp('Emulation.setScriptExecutionDisabled', value=False)
        self.browser.run("for (const d of document.querySelectorAll('details')) for (const c of [...d.children]) if (c.tagName !== 'SUMMARY') c.remove()")
        self.assertGreater(pages, 3 * self.pages_of_print())
        self.browser.cdp('Emulation.setEmulatedMedia', media='print')
        self.assertEqual(self.browser.run("return getComputedStyle(document.querySelector('header nav')).display"), 'none')
        self.browser.cdp('Emulation.setEmulatedMedia', media='')

    def test_fits_a_narrow_window(self):
        for width in (800, 390, 320):
            self.browser.cdp('Emulation.setDeviceMetricsOverride', width=width, height=800, deviceScaleFactor=1, mobile=True)
            self.browser.call('POST', '/refresh')
            for script in ('', "for (const d of document.querySelectorAll('details')) d.open = true;"):
                self.assertLessEqual(self.browser.run(script + 'return document.documentElement.scrollWidth'), width)
            # Nothing of the table of the VMs is to the right of the window: the findings are below the name.
            self.assertLessEqual(*self.browser.run("const t = document.getElementById('vms'); return [t.scrollWidth, t.parentElement.clientWidth]"))
            rows = self.browser.run('''return [...document.querySelectorAll('#vms tbody tr')].map((row) => {
              const name = row.cells[0].getBoundingClientRect(), found = [...row.cells].at(-1).getBoundingClientRect(), host = row.cells[1].getBoundingClientRect();
              return [row.cells[0].textContent, found.top - name.bottom, host.top - found.bottom, row.offsetHeight]; })''')
            self.assertGreater(len(rows), 15)
            for name, below_name, above_host, height in rows:
                self.assertGreaterEqual(min(below_name, above_host), -1, name)
                self.assertLess(height, 400, name)
            self.browser.run("const f = document.getElementById('filter'); f.value = 'kvm2 git'; f.dispatchEvent(new Event('input'))")
            self.assertEqual(self.visible(), ['gitlab'])
        self.browser.cdp('Emulation.clearDeviceMetricsOverride')

    def test_a_state_is_one_line(self):
        for width in (820, 1360):
            self.browser.cdp('Emulation.setDeviceMetricsOverride', width=width, height=800, deviceScaleFactor=1, mobile=False)
            self.browser.call('POST', '/refresh')
            heights = self.browser.run('''return [...document.querySelectorAll('#vms td:nth-child(3)')].map((cell) => {
              const range = document.createRange(); range.selectNodeContents(cell);
              return range.getBoundingClientRect().height / parseFloat(getComputedStyle(cell).lineHeight); })''')
            self.assertLess(max(heights), 1.2, width)
        self.browser.cdp('Emulation.clearDeviceMetricsOverride')

    def test_fits_long_names(self):
        name = 'n' * 200
        with tempfile.TemporaryDirectory() as folder:
            devices = (f"<disk type='file' device='disk'><source file='/{name}'/><target dev='vda' bus='virtio'/></disk>"
                       f"<interface type='bridge'><source bridge='{name}'/></interface>")
            database = fleet.database_of(folder, [('h' * 200, fleet.domain(name, devices, f'<title>{name}</title>'))])
            for options in ('', json.dumps({'vm': name})):
                path = os.path.join(folder, 'long.html')
                with open(path, 'w', encoding='utf-8') as file:
                    file.write(fleet.shell(database, f"SELECT virtsql_report(nullif('{options}', ''));"))
                self.browser.call('POST', '/url', {'url': 'file://' + path})
                self.browser.run("for (const d of document.querySelectorAll('details')) d.open = true")
                wide = '''return [...document.querySelectorAll('body, body *')].filter((e) => e.getBoundingClientRect().right > innerWidth && !e.closest('.scroll, .skip, pre, svg'))
                  .map((e) => e.tagName + '.' + e.className)'''
                self.assertEqual(self.browser.run(wide), [])
                self.assertLessEqual(*self.browser.run('return [document.documentElement.scrollWidth, innerWidth]'))

    def open_report_of(self, folder, documents):
        path = os.path.join(folder, 'made.html')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(fleet.shell(fleet.database_of(folder, documents), 'SELECT virtsql_report();'))
        self.browser.call('POST', '/url', {'url': 'file://' + path})

    def test_one_wide_vm_does_not_make_the_table_wide(self):
        with tempfile.TemporaryDirectory() as folder:
            many = ''.join(f"<interface type='network'><source network='customer_{number:02}_production_net'/></interface>" for number in range(16))
            long = f"<interface type='bridge'><source bridge='{'b' * 200}'/></interface>"
            self.open_report_of(folder, [('h1', fleet.domain('router', many)), ('h' * 100, fleet.domain('long', long)), ('h1', fleet.domain('web01'))])
            widths = "const t = document.getElementById('vms'); return [t.offsetWidth, t.parentElement.clientWidth]"
            self.assertLessEqual(*self.browser.run(widths))
            # On paper nothing can be scrolled.
            self.browser.cdp('Emulation.setEmulatedMedia', media='print')
            self.browser.cdp('Emulation.setDeviceMetricsOverride', width=1112, height=1400, deviceScaleFactor=1, mobile=False)
            self.assertLessEqual(*self.browser.run(widths))
            self.browser.cdp('Emulation.clearDeviceMetricsOverride')
            self.browser.cdp('Emulation.setEmulatedMedia', media='')
            lines = "return [...document.querySelectorAll('#vms tr')].find((r) => r.textContent.includes('web01')).cells[1].getClientRects().length"
            self.assertEqual(self.browser.run(lines), 1)

    def test_labels_of_the_topology_stay_in_their_boxes(self):
        with tempfile.TemporaryDirectory() as folder:
            usual = ['web-frontend-cluster-017', 'db02']
            names = [*usual, 'W' * 24, 'm-' * 12, '漢' * 24, '\U0001f680' * 40, 'n' * 200]
            # A mediated device, with the widest of its digits.
            uuid = 'deadbeef-dddd-4ddd-bddd-0dd44ddddddd'
            network = 'M' * 40
            address = "<address type='pci' domain='0x0000' bus='0x00' slot='{:#04x}' function='0x0'/>"
            devices = (f"<interface type='network'><source network='{network}'/>{address.format(3)}</interface><hostdev mode='subsystem' type='mdev' model='vfio-pci'>"
                       f"<source><address uuid='{uuid}'/></source></hostdev><rng model='{'漢' * 30}'>{address.format(4)}</rng>")
            self.open_report_of(folder, [('h1', fleet.domain(name, devices, vcpus=128, memory=1 << 30)) for name in names])
            self.browser.run("for (const d of document.querySelectorAll('details')) d.open = true")
            labels = self.browser.run('''return [...document.querySelectorAll('.topology g, .pci g')].map((g) => {
              const box = g.querySelector('rect').getBoundingClientRect(), label = g.querySelector('.label'), shape = label.getBoundingClientRect();
              const style = getComputedStyle(label), note = g.querySelector('.note'), text = label.firstElementChild.getBoundingClientRect();
              return [g.querySelector('title').textContent, [style.overflowX, style.textOverflow, style.whiteSpace], label.scrollWidth - label.clientWidth,
                      shape.left - box.left, (note ? note.getBoundingClientRect().left : box.right) - shape.right, box.bottom - shape.bottom, text.left - shape.left, text.right - shape.right]; })''')
            self.assertGreater(len(labels), len(names) + 2 + 2 * len(names))
            for title, style, too_long, left, right, below, first, last in labels:
                # What does not fit ends in an ellipsis, and does so before the box and the note do.
                self.assertEqual(style, ['hidden', 'ellipsis', 'nowrap'], title)
                self.assertGreaterEqual(min(left, right, below), -0.5, title)
                if title in usual:
                    self.assertLessEqual(too_long, 0, title)
                if title.startswith((network, uuid)):
                    self.assertLess(first, -1, 'of what a VM uses, the beginning is left out')
                    self.assertLess(last, 1, title)
                if title == 'W' * 24:
                    self.assertGreater(last, 1, 'of a VM, the end is left out')

    def test_works_without_scripts(self):
        self.browser.cdp('Emulation.setScriptExecutionDisabled', value=True)
        self.browser.call('POST', '/refresh')
        self.browser.cdp('Emulation.setScriptExecutionDisabled', value=False)
        self.assertGreater(len(self.visible()), 15)
        self.assertTrue(self.browser.run("return document.querySelector('.tools').hidden"))


if __name__ == '__main__':
    unittest.main(verbosity=2)
