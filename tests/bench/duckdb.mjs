// Runs SQL in DuckDB for tests/bench: reads {"database", "threads", "untimed": [sql], "timed": sql} a line from stdin
// and answers {"seconds", "cpu_seconds", "rows"} a line: what the timed statement took in here, and the rows it gave.
import { createInterface } from "node:readline";
import { DuckDBInstance } from "@duckdb/node-api";

let open = { path: null, instance: null, connection: null };

async function connectionTo(path, threads) {
    if (open.path !== path) {
        open.connection?.closeSync();
        open.instance?.closeSync();
        const instance = await DuckDBInstance.create(path, { threads: String(threads) });
        open = { path, instance, connection: await instance.connect() };
    }
    return open.connection;
}

for await (const line of createInterface({ input: process.stdin })) {
    const task = JSON.parse(line);
    const connection = await connectionTo(task.database, task.threads);
    for (const sql of task.untimed) await connection.run(sql);
    const usedBefore = process.cpuUsage();
    const begun = process.hrtime.bigint();
    const reader = await connection.runAndReadAll(task.timed);
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    const used = process.cpuUsage(usedBefore);
    const cpu_seconds = (used.user + used.system) / 1e6;
    const rows = reader.getRowsJson();
    process.stdout.write(JSON.stringify({ seconds, cpu_seconds, rows }) + "\n");
}
