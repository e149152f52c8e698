import { jsonOption, outOption, type CommandModule } from "./lib/command";

export const importHistory: CommandModule = {
  name: "import",
  description: "Imports the streaming history that Spotify sends on request, as plays of a listener.",
  define: (command) =>
    command
      .argument("<export>", "the zip, the folder of its files, or one of them")
      .option("--listener <name>", "whose history it is (default: the first of the setting listeners)")
      .option("--stack <name>", "import into this Pulumi stack (default: on this machine)")
      .option(...outOption)
      .option("--keep-private", "keep IP addresses, user agents and user names in the raw objects")
      .option("--yes", "do not ask before adding to simulated data, or a new listener to a lake")
      .option(...jsonOption)
      .addHelpText(
        "after",
        `
Ask for your extended streaming history at https://www.spotify.com/account/privacy/; it takes Spotify up to 30 days.
Importing a file again changes nothing, and a play that several files hold counts once.`,
      ),
  load: () => (require("./import/run") as typeof import("./import/run")).runImport,
};
