"""Records what virtsql-push sends to PostgreSQL, and sends it again on a connection that stays open.

Each push opens a new connection, so its cost on a warm connection cannot be measured from outside. Sending the recorded
bytes again can be measured. The frontend and backend messages follow PostgreSQL's documentation, chapter 55.
"""
import os
import re
import socket
import struct
import threading
import time

READY, ERROR = b'Z', b'E'


class Recorder:
    """A socket in `folder` that passes everything on to the server's socket and back, and keeps what clients send."""

    def __init__(self, folder, server):
        self.server, self.sent, self.seconds = server, bytearray(), []  # seconds: how long each ended connection lasted
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(folder, os.path.basename(server)))
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.server)
            threading.Thread(target=self.pass_on, args=(client, server), daemon=True).start()
            threading.Thread(target=self.copy, args=(server, client), daemon=True).start()

    def pass_on(self, client, server):
        begin = time.perf_counter()
        self.copy(client, server, self.sent)
        self.seconds.append(time.perf_counter() - begin)

    @staticmethod
    def copy(source, target, keep=None):
        try:
            while data := source.recv(1 << 20):
                if keep is not None:
                    keep += data
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Transaction:
    """The last transaction in the sent bytes: its bytes, the tables that it writes, and how many bytes it has besides
    the document."""

    def __init__(self, sent):
        messages, at = [], struct.unpack_from('!I', sent)[0]  # after the start-up packet
        while at < len(sent):
            end = at + 1 + struct.unpack_from('!I', sent, at + 1)[0]
            messages.append(bytes(sent[at:end]))
            at = end
        begin = max(number for number, message in enumerate(messages) if message[:1] == b'P' and b'\0BEGIN\0' in message)
        end = next(number for number in range(begin, len(messages)) if messages[number][:1] == b'S')
        self.bytes = b''.join(messages[begin:end + 1])
        self.tables = set(re.findall(rb'virtsql\.put_(\w+)\(', self.bytes)) - {b'parts'}
        self.besides_document = len(self.bytes) - sum(len(text) for text in re.findall(rb'"xml":"((?:[^"\\]|\\.)*)"', self.bytes))


class Wire:
    """A connection to the server that sends recorded bytes."""

    def __init__(self, server, user, database):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(server)
        self.rest = b''
        words = b'user\0' + user.encode() + b'\0database\0' + database.encode() + b'\0\0'
        self.say(struct.pack('!II', len(words) + 8, 196608) + words)

    def query(self, sql):
        text = sql.encode() + b'\0'
        self.say(b'Q' + struct.pack('!I', len(text) + 4) + text)

    def say(self, data):
        """Sends the bytes, and returns when the server is ready for more. Throws AssertionError if the server reports
        an error."""
        self.socket.sendall(data)
        while True:
            while len(self.rest) < 5 or len(self.rest) < 1 + struct.unpack_from('!I', self.rest, 1)[0]:
                more = self.socket.recv(1 << 16)
                if not more:
                    raise ConnectionError('PostgreSQL closed the connection')
                self.rest += more
            size = 1 + struct.unpack_from('!I', self.rest, 1)[0]
            message, self.rest = self.rest[:size], self.rest[size:]
            if message[:1] == ERROR:
                raise AssertionError(message[5:].replace(b'\0', b' ').decode())
            if message[:1] == READY:
                return

    def close(self):
        self.socket.close()
