"""Runs PyPI's mtprotoproxy, which was written for Python 3.7, under a newer one and without the internet.

Usage: mtproto_proxy.py CONFIG
"""
import asyncio
import os
import runpy
import sys
import urllib.error
import urllib.request

start_server = asyncio.start_server


def start_without_loop(*arguments, loop=None, **options):
    return start_server(*arguments, **options)


def refuse(url, *arguments, **options):
    raise urllib.error.URLError("a test asks nobody outside for this machine's address")


asyncio.start_server = start_without_loop
asyncio.set_event_loop(asyncio.new_event_loop())
urllib.request.urlopen = refuse
runpy.run_path(os.path.join(os.path.dirname(sys.executable), "mtprotoproxy.py"), run_name="__main__")
