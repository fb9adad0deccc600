"""feeder: articles in; feeds, pages and a weekly digest out, in English, Kazakh and Russian.

The map. Data walks downwards through the names of `feeder.model`; imports point only to floors below.

    files, remote feeds
      |  sources   reads                          Source  -> bytes
      v  articles  separates the page's fields    bytes   -> Article
      |  store     remembers                      Article -> Story
      v  articles  normalises for one locale      Story   -> Entry
      |  feeds, pages, digest, mail               Entry   -> bytes
      v  outputs   writes what changed
    public/, outbox/  ->  hub is told, and tells feed readers
      |  store     a delivery for each issue and subscriber
      v  transports  takes the message, once

Floors (`tests/test_floors.py` reads this table and compares it with the imports):

    0 words     model errors
    1 crafts    config keys addresses markup images image_metadata resources
    2 language  language
    3 makers    articles feeds pages digest mail editors
    4 edges     sources store outputs hub transports spam
    5 jobs      jobs
    6 doors     scheduler web watching
    7 entrance  cli
    8 program   __main__

A module imports only from floors below its own; packages on one floor do not know each other. The makers
are pure: values in, values out; no clock, no disk, no network. Only doors read the clock or chance.
"""

__version__ = "0.1.0"
