/** Drops the template and stops the database that the set-up started. */
export default async function globalTeardown() {
  await globalThis.stopDatabaseForTests?.();
}
