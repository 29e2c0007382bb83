-- One database per service.
CREATE DATABASE ledger;
CREATE DATABASE scheduler;
CREATE DATABASE notifier;
CREATE DATABASE disputes;
CREATE DATABASE portal_api;
