"""Traces for people: a tree in words, and a small stand-in for Zipkin where there is no Java."""
