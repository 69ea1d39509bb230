"The package, described by settings.ini. The job notebooks go with it, as `sleepdiff/job_notebooks`, and the weights of musicnn, of the learned inverse and of sleepdiff-calm, as `sleepdiff/weights`."
from configparser import ConfigParser
from pathlib import Path
from setuptools import setup

here = Path(__file__).parent
config = ConfigParser(delimiters=['='])
config.read(here/'settings.ini', encoding='utf-8')
cfg = config['DEFAULT']
name, readme = cfg['lib_name'], here/'README.md'
statuses = ['1 - Planning', '2 - Pre-Alpha', '3 - Alpha', '4 - Beta', '5 - Production/Stable']

setup(
    name=name, version=cfg['version'], description=cfg['description'], keywords=cfg['keywords'],
    author=cfg['author'], author_email=cfg['author_email'], url=cfg['git_url'],
    license='Apache-2.0', license_files=['LICENSE', 'sleepdiff/weights/*.LICENSE'],
    long_description=readme.read_text(encoding='utf-8') if readme.exists() else cfg['description'],
    long_description_content_type='text/markdown',
    classifiers=[f"Development Status :: {statuses[int(cfg['status']) - 1]}", f"Intended Audience :: {cfg['audience']}",
                 f"Natural Language :: {cfg['language']}", 'Programming Language :: Python :: 3'],
    packages=[name, f'{name}.job_notebooks'],
    package_dir={name: cfg['lib_path'], f'{name}.job_notebooks': 'nbs/jobs'},
    package_data={name: ['weights/*', 'weights/*/*', 'weights/*/*/*', 'static/*'], f'{name}.job_notebooks': ['*.ipynb']},
    python_requires='>=' + cfg['min_python'],
    install_requires=cfg['requirements'].split(),
    extras_require={k.removesuffix('_requirements'): cfg[k].split() for k in cfg if k.endswith('_requirements')},
    entry_points={'console_scripts': cfg['console_scripts'].split(), 'nbdev': [f'{name}={name}._modidx:d']},
    zip_safe=False,
)
