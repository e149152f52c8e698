import { Random } from "./random";

const words = "ambient bluegrass cumbia dub folk gamelan house jazz krautrock polka ska zydeco".split(" ");

/** Returns the genres of an artist, none to three, which follow from the id alone. */
export function genresOf(artistId: string): string[] {
  const random = new Random("genres", artistId);
  return random.shuffle(words).slice(0, random.int(0, 3));
}
