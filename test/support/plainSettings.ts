/** Settings of the tests that need no others, so that the program is evaluated with them once and then cached. */
export const plainSettings = {
  sources: JSON.stringify(["recently_played", "playlists", "playlist_items", "saved_tracks"]),
  tableFormat: "csv",
};
