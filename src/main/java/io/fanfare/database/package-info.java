/** PostgreSQL: the embedded one, pools, migrations, partitions. */
package io.fanfare.database;
