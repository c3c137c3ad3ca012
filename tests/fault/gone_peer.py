#!/usr/bin/env python3
"""A peer that closes right after it has sent its whole request: the report is kept, also where the listener is told to
end at that very moment, or where several requests stand on one connection (these get a moment before the end: it is
announced with the answer to the first, and what stands behind that is not looked at).

200 peers; --long: 5,000.
"""

import random
import socket
import time

from kept import lost
from listener import Listener
from proof import Proof, arguments
from reports import body

PEERS_A_LISTENER = 100


def close_at_once(connection):
    connection.socket.close()


def close_half(connection):
    """The end of what is sent, as some clients say it; then nobody reads the answer."""
    connection.socket.shutdown(socket.SHUT_WR)
    connection.socket.close()


def send_and_go(listener, ids, close):
    with listener.connect() as connection:
        connection.send_all([body(id) for id in ids])
        close(connection)


def wait_until_kept(store, sent):
    end = time.monotonic() + 20
    while lost(store, sent) and time.monotonic() < end:
        time.sleep(0.1)


def main():
    options = arguments(__doc__)
    chance = random.Random(options.seed)
    proof = Proof("gone_peer")
    store = proof.path("store.db")
    peers = 5000 if options.long else 200
    for turn, begin in enumerate(range(0, peers, PEERS_A_LISTENER)):
        has_several = turn % 2 == 1
        listener = Listener(options.program, store)
        sent = {}
        for number in range(begin, begin + PEERS_A_LISTENER):
            ids = ["g%d-%d" % (number, n) for n in range(5 if has_several else 1)]
            send_and_go(listener, ids, chance.choice((close_at_once, close_half)))
            sent.update(dict.fromkeys(ids, 1))
        if has_several:
            wait_until_kept(store, sent)
        proof.expect(listener.stop() == 0, "the listener did not end well")
        missing = lost(store, sent)
        proof.count("peers", PEERS_A_LISTENER)
        proof.count("sent", len(sent))
        proof.count("lost", len(missing))
        for id in missing:
            proof.wrong("%s was sent as a whole and is not there" % id)
    proof.end()


if __name__ == "__main__":
    main()
