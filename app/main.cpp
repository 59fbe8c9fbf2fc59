#include "app/commands.hpp"

int main(int argc, char** argv) { return davy::app::run_command_line(argc, argv, {}); }
