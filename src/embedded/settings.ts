/** The port is only part of the socket's file name: the server listens on no network address. */
export const SOCKET_PORT = 5432;
/** Name of the database, and of its only role. */
export const DATABASE_NAME = 'polypost';
/** File in the cluster that holds our settings; written anew at every start. */
export const SETTINGS_FILE = 'polypost.conf';

/** Doubled quotes twice over: once for the list of folders, once for the settings file. */
const quoteFolder = (folder: string): string => `'"${folder.replaceAll('"', '""').replaceAll("'", "''")}"'`;

/**
 * Our settings, included at the end of postgresql.conf, so that a later version can change them
 * in folders that exist already. postgresql.auto.conf (ALTER SYSTEM) still wins over them.
 *
 * @param socketFolder absolute folder of the Unix socket
 */
export function settingsText(socketFolder: string): string {
  return `# Written by Polypost at every start: changes made here are lost. Use ALTER SYSTEM instead.

# Reachable through the socket in a private folder only.
listen_addresses = ''
port = ${SOCKET_PORT}
unix_socket_directories = ${quoteFolder(socketFolder)}
unix_socket_permissions = 0700

# An answer is given after the commit is on disk.
fsync = on
synchronous_commit = on
full_page_writes = on

# Small machines: server and database together stay below 250 MB when idle.
max_connections = 60
shared_buffers = 64MB
work_mem = 4MB
maintenance_work_mem = 64MB
effective_cache_size = 512MB
huge_pages = off
io_method = sync
jit = off
max_parallel_workers_per_gather = 0
max_parallel_maintenance_workers = 0
max_wal_senders = 0
max_logical_replication_workers = 0
max_wal_size = 512MB

# The log tells of starts, stops and crashes, never of statements, parameters or row values:
# error texts may quote what a client sent, so level "error" stays out and details are cut off.
logging_collector = off
log_destination = 'stderr'
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = 'none'
log_duration = off
log_min_duration_statement = -1
log_min_duration_sample = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
log_connections = ''
log_disconnections = off
log_lock_waits = off
log_autovacuum_min_duration = -1

timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
`;
}
