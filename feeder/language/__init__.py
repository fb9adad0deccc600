"""What feeder knows of English, Kazakh and Russian: codes, catalogs, dates, places, templates."""
