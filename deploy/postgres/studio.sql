CREATE DATABASE studio OWNER workbench;
