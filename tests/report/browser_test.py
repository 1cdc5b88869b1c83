#!/usr/bin/env python3
"""The report works in a real browser: sorting, filtering, folding, dark, print; without a console error or a
request."""
import json
import os
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
        self.browser.run("const f = document.getElementById('filter'); f.value = ''; f.dispatchEvent(new Event('input'))")
        self.assertEqual(self.visible(), everything)

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

    def test_texts_can_be_read(self):
        """Every text outside of SVG has a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3) in both themes."""
        script = '''
          const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
          const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const back = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
          const bad = new Set();
          for (const e of document.querySelectorAll('body *:not(svg):not(svg *):not(script)')) {
            if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
            const a = light(rgb(getComputedStyle(e).color).slice(0, 3)), b = light(back(e));
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) bad.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
          }
          return [...bad];'''
        for scheme in ('light', 'dark'):
            self.browser.cdp('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': scheme}])
            self.browser.run("for (const d of document.querySelectorAll('details')) d.open = true")
            self.assertEqual(self.browser.run(script), [], scheme)
        self.browser.cdp('Emulation.setEmulatedMedia', features=[])

    def test_prints(self):
        pdf = self.browser.call('POST', '/print', {'background': True})
        self.assertGreater(len(pdf), 50000)
        self.browser.cdp('Emulation.setEmulatedMedia', media='print')
        self.assertEqual(self.browser.run("return getComputedStyle(document.querySelector('header nav')).display"), 'none')
        self.browser.cdp('Emulation.setEmulatedMedia', media='')

    def test_fits_a_narrow_window(self):
        self.browser.cdp('Emulation.setDeviceMetricsOverride', width=390, height=800, deviceScaleFactor=1, mobile=True)
        self.browser.call('POST', '/refresh')
        self.assertLessEqual(self.browser.run('return document.documentElement.scrollWidth'), 390)
        self.browser.cdp('Emulation.clearDeviceMetricsOverride')

    def test_works_without_scripts(self):
        self.browser.cdp('Emulation.setScriptExecutionDisabled', value=True)
        self.browser.call('POST', '/refresh')
        self.browser.cdp('Emulation.setScriptExecutionDisabled', value=False)
        self.assertGreater(len(self.visible()), 15)
        self.assertTrue(self.browser.run("return document.querySelector('.tools').hidden"))


if __name__ == '__main__':
    unittest.main(verbosity=2)
