/** The partition registrations that transform asks of the Glue Data Catalog. */
import type { StorageDescriptor } from "@aws-sdk/client-glue";

/** The catalog as transform sees it. */
export interface Catalog {
  /**
   * Makes the partition `snapshot_date=day` of a table known, with its descriptor; one that exists with another
   * descriptor is updated. Safe to repeat and to run at once with others.
   */
  register(table: string, day: string, descriptor: StorageDescriptor): Promise<void>;
}
