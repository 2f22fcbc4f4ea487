// The same as decide.c in C++17: handles free themselves, and a policy with faults is an exception.
//
//   c++ -std=c++17 decide.cpp $(pkg-config --cflags --libs doorward) -o decide
//   ./decide policy.toml GET /v1/orders/7 'Bearer eyJhbGciOi...'
#include <doorward.hpp>
#include <iostream>

int main(int argc, char **argv) try {
  if (argc < 4) {
    std::cerr << "usage: decide POLICY METHOD TARGET [AUTHORIZATION]\n";
    return 2;
  }
  const doorward::Engine engine = doorward::Engine::from_file(argv[1]);  // once per process
  doorward::Scratch scratch(engine);                                    // once per thread

  std::vector<doorward_field> lines;
  if (argc > 4) lines.push_back(doorward::field("Authorization", argv[4]));
  const doorward::Decision decision = scratch.decide(doorward::Request(argv[2], argv[3]).fields(lines));

  std::cout << "HTTP/1.1 " << decision.status() << "\r\n";
  for (const doorward_field &field : decision.headers()) {
    std::cout << doorward::view(field.name) << ": " << doorward::view(field.value) << "\r\n";
  }
  std::cout << "\r\n" << decision.body();
  if (!decision.allowed()) return 1;
  const doorward_principal *principal = decision.principal();
  std::cout << "let in as " << (principal ? doorward::view(principal->subject) : "anyone") << "\n";
  return 0;
} catch (const doorward::Error &error) {
  // No policy, or no decision: what() has all faults, one per line.
  std::cerr << error.what() << "\n";
  return 2;
}
