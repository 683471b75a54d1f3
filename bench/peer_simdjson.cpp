/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figure P2's peer: simdjson's on-demand parser doing the same job on {"Records":[...]},
 * which is to read eventName, eventTime, eventSource and eventID of each record and count
 * those that matter. Prints one line; the best round counts.
 *
 *     peer_simdjson FILE [ROUNDS]
 */
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <simdjson.h>

struct tally {
	uint64_t records = 0, relevant = 0, bytes = 0;
};

static tally run(simdjson::ondemand::parser &parser, const simdjson::padded_string &json)
{
	tally tally;
	simdjson::ondemand::document document = parser.iterate(json);

	for (simdjson::ondemand::object record : document["Records"]) {
		std::string_view name, time, source, id;

		for (auto field : record) {
			simdjson::ondemand::raw_json_string key = field.key();

			if (key == "eventName")
				name = field.value().get_string();
			else if (key == "eventTime")
				time = field.value().get_string();
			else if (key == "eventSource")
				source = field.value().get_string();
			else if (key == "eventID")
				id = field.value().get_string();
		}
		tally.records++;
		tally.bytes += time.size() + source.size() + id.size();
		tally.relevant += name == "StartSession" || name == "SendCommand" ||
				  name == "SendSSHPublicKey";
	}
	return tally;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		std::fprintf(stderr, "usage: peer_simdjson FILE [ROUNDS]\n");
		return 2;
	}
	simdjson::padded_string json = simdjson::padded_string::load(argv[1]);
	simdjson::ondemand::parser parser;
	long rounds = argc > 2 ? std::strtol(argv[2], nullptr, 10) : 5;
	double best = 0;
	tally tally;

	for (long i = 0; i < rounds; i++) {
		auto begin = std::chrono::steady_clock::now();
		double spent;

		tally = run(parser, json);
		spent = std::chrono::duration<double>(std::chrono::steady_clock::now() -
						      begin)
				.count();
		if (i == 0 || spent < best)
			best = spent;
	}
	std::printf("%-12s %zu bytes, %" PRIu64 " records, %" PRIu64
		    " relevant (%s): %.3f GB/s\n",
		    "simdjson", json.size(), tally.records, tally.relevant,
		    simdjson::get_active_implementation()->name().c_str(),
		    static_cast<double>(json.size()) / best / 1e9);
	return 0;
}
