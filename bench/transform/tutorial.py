"""The transform of the usual Spotify tutorial, with pandas: three CSV tables from the pages of a list of tracks.

python3 tutorial.py RAW_FOLDER OUT_FOLDER; only "import pandas" is checked if there are no arguments.
"""

import gzip
import json
import os
import resource
import sys

import pandas as pd


def pages(folder):
    for name in sorted(os.listdir(folder)):
        with gzip.open(os.path.join(folder, name), "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                if record["kind"] == "page":
                    yield record["body"]


def transform(folder, out):
    albums, artists, songs = [], [], []
    for page in pages(folder):
        for row in page["items"]:
            track = row["track"]
            album = track["album"]
            albums.append(
                {
                    "album_id": album["id"],
                    "name": album["name"],
                    "release_date": album["release_date"],
                    "total_tracks": album["total_tracks"],
                    "url": album["href"],
                }
            )
            for artist in track["artists"]:
                artists.append(
                    {"artist_id": artist["id"], "artist_name": artist["name"], "external_url": artist["href"]}
                )
            songs.append(
                {
                    "song_id": track["id"],
                    "song_name": track["name"],
                    "duration_ms": track["duration_ms"],
                    "url": track["href"],
                    "popularity": track["popularity"],
                    "song_added": row["added_at"],
                    "album_id": album["id"],
                    "artist_id": album["artists"][0]["id"],
                }
            )
    album_frame = pd.DataFrame.from_dict(albums).drop_duplicates(subset=["album_id"])
    artist_frame = pd.DataFrame.from_dict(artists).drop_duplicates(subset=["artist_id"])
    song_frame = pd.DataFrame.from_dict(songs)
    album_frame["release_date"] = pd.to_datetime(album_frame["release_date"])
    song_frame["song_added"] = pd.to_datetime(song_frame["song_added"])
    os.makedirs(out, exist_ok=True)
    for name, frame in {"albums": album_frame, "artists": artist_frame, "songs": song_frame}.items():
        frame.to_csv(os.path.join(out, name + ".csv"), index=False)


def peak_megabytes():
    """On Linux ru_maxrss begins with what the parent process held when it started this one."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except OSError:
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / 1000


if __name__ == "__main__" and len(sys.argv) > 1:
    transform(sys.argv[1], sys.argv[2])
    used = resource.getrusage(resource.RUSAGE_SELF)
    with open(os.environ["BENCH_USAGE"], "w", encoding="ascii") as usage:
        json.dump({"cpu_s": used.ru_utime + used.ru_stime, "peak_mb": peak_megabytes()}, usage)
