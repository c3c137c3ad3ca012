// What the tests of this folder share: a store in a folder of its own, and small bodies.
#pragma once

#include "core/ingest/decode.hpp"
#include "core/ingest/writer.hpp"

#include <filesystem>
#include <future>
#include <string>

#include <unistd.h>

namespace {

using jobtally::ingest::Delivery;
using jobtally::ingest::Failing;
using jobtally::ingest::Receipt;
using jobtally::ingest::Writer;
using jobtally::ingest::WriterHooks;
using jobtally::ingest::WriterOptions;

// A folder of its own for one test.
struct IngestFolder {
    IngestFolder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "jobtally-ingest-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~IngestFolder() { std::filesystem::remove_all(path); }
    std::filesystem::path store() const { return path / "store.db"; }
    std::filesystem::path path;
};

jobtally::store::Store store_to_write(const IngestFolder& folder) {
    return jobtally::store::Store::open_to_write(folder.store());
}

Delivery delivery_of(std::string_view body) {
    return jobtally::ingest::decode(body, "http 127.0.0.1", jobtally::time::Instant{});
}

std::string report_text(const std::string& id) {
    return R"({"id": ")" + id + R"(", "status": "SUCCESS", "created_at": "2026-11-01T00:00:00Z"})";
}

Receipt receipt_of(Writer& writer, Delivery delivery) {
    std::promise<Receipt> promise;
    writer.submit(std::move(delivery),
                  [&](Receipt receipt) { promise.set_value(std::move(receipt)); });
    return promise.get_future().get();
}

}  // namespace
