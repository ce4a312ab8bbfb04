//! What every element's process does alike: flags, configuration, logs, admin port, signals.
